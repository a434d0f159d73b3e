/** The page on LLMs says what the readers do. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseExchange } from '../../src/llm/parsing/parse-exchange.ts';
import { exchangeOf, type Transcript } from './parsing/transcript.ts';
import { plainAnswers, streams } from './parsing/transcripts/all-transcripts.ts';

test('each row of the table holds for the transcripts of its shape', () => {
  const page = readFileSync(new URL('../../docs/llm.md', import.meta.url), 'utf8');

  const rows = [
    ...page.matchAll(/^\| .+? \| `([\w-]+)` \| (.+?) \| (.+?) \| (.+?) \| (.+?) \|$/gm),
  ];

  const said = rows.map(([, shape, ...cells]) => [
    shape,
    ...cells.map((cell) => /^yes/.test(cell)),
  ]);
  expect(said).toEqual(rows.map(([, shape = '']) => [shape, ...abilitiesOf(shape)]));
  expect(new Set(rows.map(([, shape]) => shape))).toEqual(
    new Set([...plainAnswers, ...streams].map(({ parsed }) => parsed.provider)),
  );
});

/** Tokens of plain answers, of streamed ones, tools in both, the raw response of both. */
function abilitiesOf(shape: string): readonly boolean[] {
  const plain = plainAnswers.filter(({ parsed }) => parsed.provider === shape);
  const streamed = streams.filter(({ parsed }) => parsed.provider === shape);
  return [
    plain.some(hasTokens),
    streamed.some(hasTokens),
    plain.some(hasTools) && streamed.some(hasTools),
    [...plain, ...streamed].every((one) => parseExchange(exchangeOf(one))?.response !== undefined),
  ];
}

function hasTokens({ parsed: { usage } }: Transcript): boolean {
  return usage.promptTokens !== null && usage.completionTokens !== null;
}

function hasTools({ parsed }: Transcript): boolean {
  return parsed.tools.length > 0;
}
