import { readdirSync, readFileSync } from 'node:fs';
import { type AbiEvent, type AbiFunction, toEventSelector, toFunctionSelector } from 'viem';
import { describe, expect, it } from 'vitest';
import { ARTIFACTS_DIR, type Artifact, artifactText, compileContracts } from '../tools/compile-contracts.ts';

describe('the committed contract artifacts', () => {
  it('are what the sources compile to', { timeout: 180_000 }, () => {
    const compiled = compileContracts();
    const committed = readdirSync(ARTIFACTS_DIR).sort();
    expect(committed).toEqual([...compiled.keys()].map((name) => `${name}.json`).sort());
    for (const [name, artifact] of compiled) {
      const text = readFileSync(`${ARTIFACTS_DIR}${name}.json`, 'utf8');
      expect(text === artifactText(artifact), `${name} differs: run ./run contracts`).toBe(true);
    }
  });

  it('give the exchange the selectors and topics of production', () => {
    const { abi } = JSON.parse(readFileSync(`${ARTIFACTS_DIR}CtfExchangeV2.json`, 'utf8')) as Artifact;
    const items = abi as (AbiFunction | AbiEvent)[];
    const named = (name: string) => items.find((item) => item.name === name)!;
    const selector = (name: string) => toFunctionSelector(named(name) as AbiFunction);
    const topic = (name: string) => toEventSelector(named(name) as AbiEvent).slice(0, 10);
    expect(selector('matchOrders')).toBe('0x3c2b4399');
    expect(topic('OrderFilled')).toBe('0xd543adfd');
    expect(topic('OrdersMatched')).toBe('0x174b3811');
    expect(topic('FeeCharged')).toBe('0x55bb3cad');
  });

  it('give ramps and adapters the selectors of production', () => {
    const selectors = (name: string) => {
      const { abi } = JSON.parse(readFileSync(`${ARTIFACTS_DIR}${name}.json`, 'utf8')) as Artifact;
      return (abi as AbiFunction[])
        .filter(({ type }) => type === 'function')
        .map((item) => toFunctionSelector(item));
    };
    expect(selectors('PolymarketUsd')).toEqual(expect.arrayContaining(['0xb97b57c7', '0xd600875d']));
    expect(selectors('CollateralOnramp')).toContain('0x62355638');
    expect(selectors('CollateralOfframp')).toContain('0x8cc7104f');
    const positions = ['0x72ce4275', '0x9e7212ad', '0x01b7037c'];
    expect(selectors('CtfCollateralAdapter')).toEqual(expect.arrayContaining(positions));
    expect(selectors('NegRiskCtfCollateralAdapter')).toEqual(expect.arrayContaining(positions));
  });
});
