import { describe, expect, test } from 'vitest';
import { startForTest } from '../local/platform-client.ts';
import { noBrowser, openPage } from './browser.ts';
import { report } from './reports.ts';
import { panelOf, rowOf } from './task-list.ts';

const errorText = [
  'ToolError: charge_card: The bank asks for a confirmation',
  'Caused by: CardDeclined: soft_decline',
  'Caused by: HttpError: 402 Payment Required',
  '    at chargeCard (/var/task/tools/charge-card.js:48:11)',
  '    at async runTool (/var/task/agent/tools.js:91:20)',
].join('\n');

describe.skipIf(noBrowser)('task panel', () => {
  test('has its own URL and shows input and result as formatted JSON', async () => {
    const { url } = await startForTest();
    await report(url, 'trip-planner', {
      id: 'trip-1',
      input: 'Plan\nthree days',
      result: '{"city":"Lisbon","days":[{"cost":214.50}],"order":12345678901234567890}',
      duration: 12.5,
      tokens: { prompt_tokens: 1000, completion_tokens: 234 },
      used_tools: ['search_flights', 'search_flights', 'weather'],
    });

    const { page, violations } = await openPage(`${url}/tasks/trip-planner/trip-1`);
    await panelOf(page).getByText('"Lisbon"').waitFor();
    const text = await panelOf(page).innerText();

    expect(text).toContain('Plan\nthree days');
    expect(text).toContain('12.50 s');
    expect(text).toContain('1,234');
    expect(text).toContain('1,000 in · 234 out');
    expect(text).toMatch(/search_flights\s*×2/);
    // With the original digits, which JavaScript would round.
    expect(text).toContain('12345678901234567890');
    expect(text).toContain('214.50');
    expect(violations.errors).toEqual([]);
  });

  test('opens from the list, closes with back navigation and keeps the scroll position', async () => {
    const { url } = await startForTest();
    await report(url, 'agent', { id: 'one', input: 'question' });
    const { page } = await openPage(`${url}/?agent=agent`);

    await rowOf(page, 'question').click();
    await panelOf(page).getByText('question').waitFor();
    const opened = page.url();
    await page.goBack();
    await panelOf(page).waitFor({ state: 'detached' });

    expect(opened).toBe(`${url}/tasks/agent/one?agent=agent`);
    expect(page.url()).toBe(`${url}/?agent=agent`);
  });

  test('shows message and causes of an error and expands its stack', async () => {
    const { url } = await startForTest();
    await report(url, 'agent', { id: 'e', input: 'x', result: errorText, is_success: false });

    const { page } = await openPage(`${url}/tasks/agent/e`);
    const message = page.locator('.error-message');
    await message.waitFor();
    const stack = page.locator('.stack pre');
    const isStackFolded = await stack.isHidden();
    await page.getByText('Stack · 2 frames').click();

    expect(await message.innerText()).toBe('charge_card: The bank asks for a confirmation');
    expect(await page.locator('.error-name').innerText()).toBe('ToolError');
    expect(await page.locator('.cause-text').allInnerTexts()).toEqual([
      'CardDeclined: soft_decline',
      'HttpError: 402 Payment Required',
    ]);
    expect(isStackFolded).toBe(true);
    expect(await stack.innerText()).toContain('charge-card.js:48:11');
  });

  test('expands a large LLM response level by level', async () => {
    const { url } = await startForTest();
    const choices = Array.from({ length: 20_000 }, (_, index) => ({
      index,
      text: `choice ${index}`,
    }));
    await report(url, 'agent', { id: 'l', llm_response: { model: 'gpt-5-mini', choices } });
    const { page } = await openPage(`${url}/tasks/agent/l`);
    const summary = page.locator('summary', { hasText: 'LLM response' });
    await summary.waitFor();
    const before = await page.locator('.json-line').count();

    await summary.click();
    await page.getByText('19,900 left').waitFor();
    const lines = await page.locator('.json-line').count();
    await page.locator('.json-fold', { hasText: '7:' }).first().click();

    await page.getByText('"choice 7"').waitFor();
    expect(before).toBe(0);
    expect(lines).toBeLessThan(200);
  });

  test('lists all versions with their changes and shows the selected one', async () => {
    const { url } = await startForTest();
    await report(url, 'agent', { id: 'v', input: 'q', result: 'Error: no', is_success: false });
    await report(url, 'agent', { id: 'v', input: 'q', result: 'yes\nit works', duration: 3 });
    const { page } = await openPage(`${url}/tasks/agent/v`);
    await page.getByText('it works').waitFor();
    const changes = await page.locator('.versions li').first().locator('.changes').innerText();

    await page.locator('.version', { hasText: 'v1' }).click();
    await page.getByText('Version 1 of 2, not the newest').waitFor();

    expect(changes).toContain('Status failed → completed');
    expect(changes).toContain('Result +2 −1 lines');
    expect(changes).toContain('Duration 0 ms → 3.00 s');
    expect(await page.locator('.error-message').innerText()).toBe('no');
    expect(page.url()).toBe(`${url}/tasks/agent/v?version=1`);
  });

  test('updates an open task when it is reported again', async () => {
    const { url } = await startForTest();
    await report(url, 'agent', { id: 'v', input: 'q', result: 'first answer' });
    const { page } = await openPage(`${url}/tasks/agent/v`);
    await page.getByText('first answer').waitFor();

    await report(url, 'agent', { id: 'v', input: 'q', result: 'second answer' });

    await page.getByText('second answer').waitFor();
    expect(await page.locator('.version').count()).toBe(2);
  });

  test('shows the request with the key redacted and copies it as a command', async () => {
    const { url } = await startForTest();
    const body = { id: 'r', input: `it's "quoted" $(touch /tmp/x) \`id\`` };
    await report(url, 'agent', body, { 'x-api-key': 'very-secret-key', 'x-trace': 'abc' });
    const { page } = await openPage(`${url}/tasks/agent/r`);

    await page.locator('summary', { hasText: 'Request' }).click();
    await page.getByRole('button', { name: 'Copy as curl' }).click();
    await page.getByText('Copied', { exact: true }).waitFor();
    const command = await page.evaluate(() => navigator.clipboard.readText());

    expect(await page.content()).not.toContain('very-secret-key');
    expect(command).toContain(`'${url}/agent-execution/agent/report_task'`);
    expect(command).toContain('"x-api-key: $XPANDER_API_KEY"');
    expect(command).toContain(`-H 'x-trace: abc'`);
    expect(command).toContain(`it'\\''s`);
  });

  test('opens a task with any id from the list and after a reload', async () => {
    const ids = ['a/b', 'ü ß 字', '100%', '%2e%2e', '..', '.', '?q#h', 'a\\b', '"<b>'];
    const { url } = await startForTest();
    for (const id of ids) await report(url, 'agent', { id, input: `[${id}]`, result: `for ${id}` });
    const { page } = await openPage(url);

    for (const id of ids) {
      await rowOf(page, `[${id}]`).click();
      await panelOf(page).getByText(`for ${id}`, { exact: true }).waitFor();
      await page.reload();
      await panelOf(page).getByText(`for ${id}`, { exact: true }).waitFor();

      expect(await page.locator('.id').innerText()).toBe(id);
    }
  });

  test('shows that a task does not exist until it is reported', async () => {
    const { url } = await startForTest();
    const { page } = await openPage(`${url}/tasks/agent/later`);
    await page.getByText('This task does not exist').waitFor();

    await report(url, 'agent', { id: 'later', result: 'here I am' });

    await panelOf(page).getByText('here I am').waitFor();
    expect(await page.getByText('This task does not exist').count()).toBe(0);
  });
});
