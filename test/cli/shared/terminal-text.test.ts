import fc from 'fast-check';
import { expect, test } from 'vitest';
import { safeJson, safeLine, safeLines } from '../../../src/cli/shared/terminal-text.ts';

test('replaces characters that control the terminal and keeps joiners', () => {
  const text =
    'a\u001b[31m\u0007\u007f\u009b2J\u202e\u2066\u{e0041}\ufeff\ud800\ttab\r\nline\u2028end 👩\u200d🚀 نمی\u200cخواهم 日本';

  expect(safeLine(text)).toBe('a␛[31m␇␡�2J����� tab line end 👩\u200d🚀 نمی\u200cخواهم 日本');
});

test('splits text at line breaks', () => {
  expect(safeLines('a\r\nb\rc\n\td\u001b')).toEqual(['a', 'b', 'c', '  d␛']);
});

test('prints no control characters of any text, as text and as JSON', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(safeLine(text)).not.toMatch(/(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
      expect(safeJson({ text })).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      expect(JSON.parse(safeJson({ text }, 2))).toEqual({ text });
    }),
  );
});
