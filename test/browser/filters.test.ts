import { describe, expect, test } from 'vitest';
import { startForTest } from '../local/platform-client.ts';
import { noBrowser, openPage } from './browser.ts';
import { report } from './reports.ts';
import { rowOf, shownInputs } from './task-list.ts';

describe.skipIf(noBrowser)('filters', () => {
  test.each([
    {
      label: 'Agent',
      choice: 'trip-planner',
      query: 'agent=trip-planner',
      found: ['rail', 'beach'],
    },
    { label: 'Status', choice: 'Failed', query: 'status=failed', found: ['refund'] },
    { label: 'Tool', choice: 'search_hotels', query: 'tool=search_hotels', found: ['beach'] },
    {
      label: 'Time',
      choice: 'Last 15 minutes',
      query: 'range=15m',
      found: ['refund', 'rail', 'beach'],
    },
  ])('find by $label, keep it in the URL and survive a reload', async (filter) => {
    const { label, choice, query, found } = filter;
    const { url } = await startWithTasks();
    const { page } = await openPage(url);
    await rowOf(page, 'refund').waitFor();
    await page.getByLabel(label, { exact: true }).getByText(choice).waitFor({ state: 'attached' });

    await page.getByLabel(label, { exact: true }).selectOption({ label: choice });

    await expect.poll(() => shownInputs(page)).toEqual(found);
    expect(page.url()).toBe(`${url}/?${query}`);
    await page.reload();
    await expect.poll(() => shownInputs(page)).toEqual(found);
  });

  test('find text in id, input and result ignoring case', async () => {
    const { url } = await startWithTasks();
    const { page } = await openPage(url);
    await rowOf(page, 'refund').waitFor();

    for (const [text, found] of [
      ['ID-RAIL', ['rail']],
      ['Beach', ['beach']],
      ['palermo', ['rail']],
      ['nothing has this', []],
    ] as const) {
      await page.keyboard.press('/');
      await page.getByRole('searchbox').fill(text);
      await expect.poll(() => shownInputs(page)).toEqual(found);
      expect(new URL(page.url()).searchParams.get('text')).toBe(text);
      await page.keyboard.press('Escape');
      await page.keyboard.press('Escape');
    }
    await page.keyboard.press('/');
    await page.getByRole('searchbox').fill('nothing has this');
    await page.getByText('No matching tasks').waitFor();
    await page.getByRole('button', { name: 'Clear filters' }).click();
    await rowOf(page, 'refund').waitFor();
    expect(page.url()).toBe(`${url}/`);
  });

  test('apply to live reports', async () => {
    const { url } = await startWithTasks();
    const { page } = await openPage(`${url}/?agent=trip-planner&text=hotel`);
    await page.getByText('No matching tasks').waitFor();

    await report(url, 'trip-planner', { input: 'no match' });
    await report(url, 'booking-desk', { input: 'a hotel, of another agent' });
    await report(url, 'trip-planner', { input: 'found', result: `${'long '.repeat(200)} HOTEL` });
    await rowOf(page, 'found').waitFor();

    expect(await shownInputs(page)).toEqual(['found']);
  });

  test('offer a new agent after its first report', async () => {
    const { url } = await startWithTasks();
    const { page } = await openPage(url);
    await rowOf(page, 'refund').waitFor();

    await report(url, 'brand-new', { input: 'first words' });

    await page.getByLabel('Agent').getByText('brand-new').waitFor({ state: 'attached' });
    expect(await page.getByLabel('Agent').inputValue()).toBe('-1');
  });

  test('change with back navigation', async () => {
    const { url } = await startWithTasks();
    const { page } = await openPage(url);
    await rowOf(page, 'refund').waitFor();
    await page.getByLabel('Status').selectOption({ label: 'Failed' });
    await expect.poll(() => shownInputs(page)).toEqual(['refund']);

    await page.goBack();

    await expect.poll(() => shownInputs(page)).toEqual(['refund', 'rail', 'beach']);
    expect(await page.getByLabel('Status').inputValue()).toBe('-1');
  });

  test('accept a custom time range', async () => {
    const { url } = await startWithTasks();
    const { page } = await openPage(url);
    await rowOf(page, 'refund').waitFor();

    await page.getByLabel('Time').selectOption('custom');
    await expect.poll(() => shownInputs(page)).toEqual(['refund', 'rail', 'beach']);
    await page.getByLabel('To', { exact: true }).fill('2020-01-01T00:00');

    await page.getByText('No matching tasks').waitFor();
    expect(new URL(page.url()).searchParams.get('to')).toContain('20');
  });
});

async function startWithTasks(): Promise<{ readonly url: string }> {
  const { url } = await startForTest();
  await report(url, 'trip-planner', {
    id: 'id-beach',
    input: 'beach',
    used_tools: ['search_hotels'],
  });
  await report(url, 'trip-planner', { id: 'id-rail', input: 'rail', result: 'Hamburg to Palermo' });
  await report(url, 'booking-desk', { id: 'id-refund', input: 'refund', is_success: false });
  return { url };
}
