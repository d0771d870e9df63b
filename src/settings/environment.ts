import type { Settings } from './settings.ts';

/** Which venue the endpoints lead to. Only for showing and asking: no decision of the worker depends on it. */
export type Environment = 'production' | 'local' | 'other';

const PRODUCTION_HOST = /(^|\.)polymarket\.com$/;
const LOCAL_HOST = /^(localhost|127\.[\d.]+|\[::1\])$/;

/**
 * Names the environment for the operator. One endpoint in production makes it production, since that one is enough to
 * trade real money; it is local only when every endpoint is on this machine.
 */
export function environmentOf({ polymarket, chain }: Settings): Environment {
  const urls = [
    polymarket.clobUrl,
    polymarket.wsMarketUrl,
    polymarket.wsUserUrl,
    polymarket.gammaUrl,
    polymarket.dataUrl,
  ];
  const hosts = [...urls, chain.rpcUrl].map((url) => URL.parse(url)?.hostname ?? '');
  if (hosts.some((host) => PRODUCTION_HOST.test(host))) return 'production';
  return hosts.every((host) => LOCAL_HOST.test(host)) ? 'local' : 'other';
}
