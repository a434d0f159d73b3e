/** Promises and thenables that are more than that. */
import { answered, completed, type Ending, type Gives, type OnEach } from '../ending.ts';

const onlyNode24: OnEach<Gives> = {
  'nodejs24.x': { ...answered, body: '{"ok":1}' },
  'nodejs22.x': { ...answered, body: 'null' },
};

export const promises: readonly Ending[] = [
  {
    name: "a promise of an API's client",
    handler: "() => new ApiPromise('client', Promise.resolve('from the API'))",
    gives: { ...answered, body: '"from the API"' },
    report: completed,
  },
  {
    name: "a promise of an API's client, from an async handler",
    handler: "async () => new ApiPromise('client', Promise.resolve('from the API'))",
    gives: { ...answered, body: '"from the API"' },
    report: completed,
  },
  {
    name: "a promise of an API's client that rejects",
    handler: "() => new ApiPromise('client', Promise.reject(new RangeError('from the API')))",
    gives: { kind: 'error', errorType: 'RangeError' },
    report: { isSuccess: false, result: ['RangeError: from the API'] },
  },
  {
    name: 'a lazy promise',
    handler: "() => new Lazy((resolve) => { count('start'); resolve('lazy'); })",
    gives: { ...answered, body: '"lazy"' },
    report: completed,
  },
  {
    name: 'a lazy promise that a tool returns',
    handler:
      "async () => { const lazy = new Lazy((resolve) => { count('start'); resolve('lazy'); }); const same = currentTask().tool('search', () => lazy); return [same === lazy, await same]; }",
    gives: { ...answered, body: '[true,"lazy"]' },
    report: { ...completed, usedTools: ['search'] },
  },
  {
    name: 'a lazy promise that a tool returns and nobody awaits',
    handler:
      "async () => { currentTask().tool('search', () => new Lazy((resolve) => { count('start'); resolve(); })); return 'unasked'; }",
    gives: { ...answered, body: '"unasked"' },
    report: { ...completed, usedTools: ['search'] },
  },
  {
    name: 'the methods of a promise that a tool returns',
    handler:
      "async () => { const promise = new ApiPromise('client', Promise.resolve('data')); const same = currentTask().tool('gpt', () => promise); return [same === promise, same instanceof ApiPromise, await same.withResponse(), await same]; }",
    gives: { ...answered, body: '[true,true,{"data":"data","client":"client"},"data"]' },
    report: { ...completed, usedTools: ['gpt'] },
  },
  {
    name: 'a promise whose then adds something',
    handler: "() => Plus.resolve('plain')",
    gives: answered,
    report: completed,
  },
  {
    name: 'a frozen thenable',
    handler: "() => Object.freeze({ then: (resolve) => resolve('frozen') })",
    gives: { ...answered, body: '"frozen"' },
    report: completed,
  },
  {
    name: 'a frozen then that is no function',
    handler: '() => Object.freeze({ then: 1, toJSON: () => ({ ok: 1 }) })',
    gives: onlyNode24,
    report: completed,
    attachments: ['wrapper', 'layer'],
  },
  {
    name: 'a getter as then',
    handler: "() => ({ get then() { count('then'); return (resolve) => resolve('read'); } })",
    gives: { ...answered, body: '"read"' },
    report: completed,
  },
  {
    name: 'a thenable that settles twice',
    handler: "() => ({ then: (resolve) => { resolve('first'); resolve('second'); } })",
    gives: { ...answered, body: '"first"' },
    report: completed,
  },
];
