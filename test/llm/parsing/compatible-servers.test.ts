import { describe, expect, test } from 'vitest';
import { parseExchange } from '../../../src/llm/parsing/parse-exchange.ts';
import { sentData, sentEvents, usageOf } from './transcript.ts';

const facts = { id: 'c1', object: 'chat.completion.chunk', model: 'm' };

function toolsOf(pieces: readonly object[]): readonly string[] | undefined {
  const chunks = pieces.map((piece) => ({
    ...facts,
    choices: [{ index: 0, delta: { tool_calls: [piece] }, finish_reason: null }],
  }));
  return read(sentData(chunks))?.tools;
}

function read(
  { headers, body }: ReturnType<typeof sentData>,
  isCut = false,
): { readonly tools: readonly string[]; readonly usage: object } | undefined {
  const url = 'https://llm.example.com/v1/chat/completions';
  return parseExchange({ url, status: 200, headers, body: [body], isCut })?.usages[0];
}

describe('calls of tools in a stream of a compatible server', () => {
  test('are told apart by their ids where the index is missing', () => {
    const tools = toolsOf([
      { id: '1', function: { name: 'a', arguments: '{' } },
      { function: { arguments: '}' } },
      { id: '2', function: { name: 'b', arguments: '{}' } },
    ]);

    expect(tools).toEqual(['a', 'b']);
  });

  test('are told apart by their ids where all have one index', () => {
    const tools = toolsOf([
      { index: 0, id: '1', function: { name: 'a', arguments: '{}' } },
      { index: 0, id: '2', function: { name: 'b', arguments: '{}' } },
    ]);

    expect(tools).toEqual(['a', 'b']);
  });

  test.each([
    ['in pieces', ['get_', 'wea', 'ther']],
    ['again and again', ['get_weather', 'get_weather', '']],
    ['as far as it goes', ['get_', 'get_wea', 'get_weather']],
    ['once', ['get_weather', null]],
  ])('are named %s', (_, names) => {
    expect(toolsOf(names.map((name) => ({ index: 0, function: { name } })))).toEqual([
      'get_weather',
    ]);
  });
});

test('a stream of texts is put together without a message', () => {
  const body = Buffer.from('{"model":"m","response":"a","done":false}\n'.repeat(2));
  const url = 'http://127.0.0.1:11434/api/generate';

  const read = parseExchange({ url, status: 200, headers: {}, body: [body], isCut: true });

  expect(read?.response).toEqual({ model: 'm', response: 'aa', done: false });
});

describe('numbers in a stream of a compatible server', () => {
  test('that counts along are not yet those of the completion when cut', () => {
    const text = (
      text: string,
      finish_reason: string | null,
      completion_tokens: number,
    ): object => ({
      id: 'c1',
      object: 'text_completion',
      choices: [{ index: 0, text, finish_reason }],
      usage: { prompt_tokens: 5, completion_tokens, total_tokens: 5 + completion_tokens },
    });
    const cut = [text('a', null, 1), text('b', null, 2)];

    expect(read(sentData(cut, ''), true)?.usage).toEqual(usageOf(5, null));
    expect(read(sentData([...cut, text('', 'stop', 3)]))?.usage).toEqual(usageOf(5, 3));
  });

  test('count in a response only when it has ended', () => {
    const event = (type: string, output_tokens: number): { type: string } => ({
      type: `response.${type}`,
      ...{ response: { object: 'response', id: 'r1', usage: { input_tokens: 5, output_tokens } } },
    });
    const cut = [event('created', 0), event('in_progress', 1)];

    expect(read(sentEvents(cut), true)?.usage).toEqual(usageOf(null, null));
    expect(read(sentEvents([...cut, event('incomplete', 2)]))?.usage).toEqual(usageOf(5, 2));
  });

  test('of a message may begin with zero and come several times', () => {
    const start = {
      type: 'message_start',
      ...{
        message: {
          type: 'message',
          role: 'assistant',
          content: [],
          usage: { input_tokens: 0, output_tokens: 0 },
        },
      },
    };
    const counted = (output_tokens: number, stop_reason: string | null): { type: string } => ({
      type: 'message_delta',
      ...{ delta: { stop_reason }, usage: { input_tokens: 25, output_tokens } },
    });

    expect(read(sentEvents([start]), true)?.usage).toEqual(usageOf(null, null));
    expect(read(sentEvents([start, counted(7, null)]), true)?.usage).toEqual(usageOf(25, null));
    expect(read(sentEvents([start, counted(7, null), counted(9, 'end_turn')]))?.usage).toEqual(
      usageOf(25, 9),
    );
  });

  test('stay unknown after an error in the middle', () => {
    const chunk = {
      ...facts,
      choices: [{ index: 0, delta: { content: 'H' }, finish_reason: null }],
    };
    const error = { error: { code: 502, message: 'Provider disconnected' } };

    expect(read(sentData([chunk, error]))?.usage).toEqual(usageOf(null, null));
    expect(read(sentData([error]))).toBeUndefined();
  });
});
