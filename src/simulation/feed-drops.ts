import { nextInt } from '../domain/random.ts';
import { recur } from './heartbeat-model.ts';
import { sendBook } from './sockets.ts';
import { after, countFault, latencyMs, type World } from './world.ts';

const DOWN_MS = [500, 25_000] as const;

/** Connects both sockets, and takes them down now and then. What happens while one is down is never told over it. */
export function startFeeds(world: World): void {
  after(world, latencyMs(world, 80, 300), () => raise(world, 'market'));
  after(world, latencyMs(world, 80, 300), () => raise(world, 'user'));
  recur(
    world,
    () => world.faults.marketFeedDropsPerHour,
    () => drop(world, 'market'),
  );
  recur(
    world,
    () => world.faults.userFeedDropsPerHour,
    () => drop(world, 'user'),
  );
}

/** Takes a socket down for a while. */
export function drop(world: World, name: 'market' | 'user', forMs?: number): void {
  const feed = name === 'market' ? world.marketFeed : world.userFeed;
  if (!feed.up) return;
  countFault(world, `${name}FeedDrop`);
  feed.up = false;
  world.deliver({ kind: 'feed', feed: name, up: false, reason: 'connection lost' });
  after(world, forMs ?? nextInt(world.random.faults, ...DOWN_MS), () => raise(world, name));
}

function raise(world: World, name: 'market' | 'user'): void {
  const feed = name === 'market' ? world.marketFeed : world.userFeed;
  if (feed.up) return;
  feed.up = true;
  world.deliver({ kind: 'feed', feed: name, up: true, reason: 'connected and subscribed' });
  if (name === 'market') for (const conditionId of world.watched) sendBook(world, conditionId);
}
