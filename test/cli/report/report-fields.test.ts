import { expect, test } from 'vitest';
import { parseReportFields } from '../../../src/cli/report/report-fields.ts';
import { ConfigurationError } from '../../../src/errors.ts';

test.each([
  ['{"inputs":"PAYLOAD"}', /unknown field 'inputs'\. Valid fields: agentId, id, input/],
  ['{"input":{"q":"PAYLOAD"}}', /'input' must be a string, or null; it is something else/],
  ['{"duration":-1}', /'duration' must be a number, 0 or more/],
  ['{"tokens":{"prompt_tokens":1.5}}', /'promptTokens' must be a whole number, 0 or more/],
  ['{"tokens":{"input":1}}', /unknown field 'input'\. Valid fields: promptTokens/],
  ['{"used_tools":["a",1]}', /'usedTools' must be a list/],
  ['{"isSuccess":true,"is_success":false}', /has 'is_success' twice/],
  ['{"configuration":{"apiKey":"k"}}', /unknown field 'configuration'/],
  ['["PAYLOAD"]', /must hold a JSON object/],
  ['PAYLOAD', /Standard input is not valid JSON\./],
  ['', /Standard input is empty; it must be valid JSON\./],
])('rejects %s without quoting it', (text, reason) => {
  const read = (): unknown => parseReportFields(text, 'standard input');

  expect(read).toThrow(ConfigurationError);
  expect(read).toThrow(reason);
  expect(read).not.toThrow('PAYLOAD');
});

test('accepts null for every optional field', () => {
  const nulls = { agent_id: null, id: null, tokens: null, is_success: null, used_tools: null };

  expect(parseReportFields(JSON.stringify(nulls), 'standard input')).toEqual({
    agentId: null,
    id: null,
    tokens: null,
    isSuccess: null,
    usedTools: null,
  });
});

test('accepts a byte order mark', () => {
  expect(parseReportFields('\uFEFF{"id":"a"}', "'file.json'")).toEqual({ id: 'a' });
});
