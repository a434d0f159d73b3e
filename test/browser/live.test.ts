import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startLocalPlatform } from '../../src/local/server/local-platform.ts';
import { startForTest } from '../local/platform-client.ts';
import { temporaryFolder } from '../support/temporary-file.ts';
import { noBrowser, openPage } from './browser.ts';
import { report, reportMany } from './reports.ts';
import { rowOf, rowsOf, scrollList, shownInputs } from './task-list.ts';

describe.skipIf(noBrowser)('live task list', () => {
  test('shows a new report at the top without a reload', async () => {
    const platform = await startForTest();
    await report(platform.url, 'booking-desk', { input: 'the first' });
    const { page, violations } = await openPage(platform.url);
    await rowOf(page, 'the first').waitFor();

    await report(platform.url, 'trip-planner', {
      input: 'Plan 3 days in Lisbon\nsecond line',
      result: 'ok',
      duration: 2.5,
      tokens: { prompt_tokens: 1200, completion_tokens: 34 },
      used_tools: ['search_flights'],
    });
    await rowOf(page, 'Lisbon').waitFor();

    expect(await shownInputs(page)).toEqual(['Plan 3 days in Lisbon', 'the first']);
    const text = await rowsOf(page).first().innerText();
    for (const part of ['trip-planner', 'Completed', '1,234', '2.50 s', 'search_flights']) {
      expect(await rowOf(page, 'Lisbon').innerText()).toContain(part);
    }
    expect(text).not.toContain('second line');
    expect(violations).toEqual({ dialogs: [], foreign: [], errors: [] });
  });

  test('replaces the empty state with the first task', async () => {
    const platform = await startForTest();
    const { page } = await openPage(platform.url);
    await page.getByText('No tasks yet').waitFor();
    const environment = await page.locator('.code pre').first().innerText();

    await report(platform.url, 'agent', { input: 'hello' });
    await rowOf(page, 'hello').waitFor();

    expect(environment).toContain(`XPANDER_BASE_URL=${platform.url}`);
    expect(await page.getByText('No tasks yet').count()).toBe(0);
  });

  test('holds new tasks back while the list is scrolled and shows them on click', async () => {
    const platform = await startForTest();
    await reportMany(platform.url, 60);
    const { page } = await openPage(platform.url);
    await rowOf(page, 'input 60').waitFor();
    await scrollList(page, 400);
    const before = await rowOf(page, 'input 45').boundingBox();

    for (const input of ['new 1', 'new 2', 'new 3']) await report(platform.url, 'agent', { input });
    const pill = page.getByRole('button', { name: '3 new' });
    await pill.waitFor();
    const after = await rowOf(page, 'input 45').boundingBox();
    await pill.click();
    await rowOf(page, 'new 3').waitFor();

    expect(after).toEqual(before);
    expect((await shownInputs(page)).slice(0, 4)).toEqual(['new 3', 'new 2', 'new 1', 'input 60']);
    expect(await pill.count()).toBe(0);
  });

  test('does not move the selected row', async () => {
    const platform = await startForTest();
    await reportMany(platform.url, 5);
    const { page } = await openPage(platform.url);
    await rowOf(page, 'input 5').waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.locator('tr.selected', { hasText: 'input 4' }).waitFor();
    const before = await page.locator('tr.selected').boundingBox();

    await report(platform.url, 'agent', { input: 'new' });
    await page.getByRole('button', { name: '1 new' }).waitFor();

    expect(await page.locator('tr.selected').boundingBox()).toEqual(before);
  });

  test('moves a task to the top when it is reported again', async () => {
    const platform = await startForTest();
    await report(platform.url, 'agent', { id: 'again', input: 'again', is_success: false });
    await report(platform.url, 'agent', { id: 'other', input: 'other' });
    const { page } = await openPage(platform.url);
    await rowOf(page, 'other').waitFor();

    await report(platform.url, 'agent', { id: 'again', input: 'again' });
    await rowOf(page, '×2').waitFor();

    expect(await shownInputs(page)).toEqual(['again', 'other']);
    expect(await rowOf(page, 'again').innerText()).toContain('Completed');
  });

  test('announces the number of new reports to screen readers', async () => {
    const platform = await startForTest();
    await reportMany(platform.url, 1);
    const { page } = await openPage(platform.url);
    await rowOf(page, 'input 1').waitFor();

    await report(platform.url, 'agent', { input: 'one more' });

    await page.getByRole('status').getByText('1 new report').waitFor({ state: 'attached' });
    expect(await page.getByRole('status').getAttribute('aria-live')).toBe('polite');
  });

  test('shows a lost connection, reconnects and loads missed tasks', async () => {
    const databaseFile = join(temporaryFolder(), 'tasks.db');
    const first = await startLocalPlatform({ databaseFile });
    const port = Number(new URL(first.url).port);
    await reportMany(first.url, 3);
    const { page } = await openPage(first.url);
    await rowOf(page, 'input 3').waitFor();

    await first.close();
    await page.getByText('does not respond').waitFor();
    const whileGone = await shownInputs(page);
    const second = await startLocalPlatform({ databaseFile, port });
    onTestFinished(() => second.close());
    await report(second.url, 'agent', { id: 'task-3', input: 'input 3', result: 'again' });
    await report(second.url, 'agent', { input: 'while it was away' });
    await rowOf(page, 'while it was away').waitFor();

    expect(whileGone).toEqual(['input 3', 'input 2', 'input 1']);
    expect(await shownInputs(page)).toEqual(['while it was away', 'input 3', 'input 2', 'input 1']);
    expect(await page.getByText('does not respond').count()).toBe(0);
  });

  test('shows the history of a restarted server without the old tasks', async () => {
    const first = await startLocalPlatform();
    const port = Number(new URL(first.url).port);
    await reportMany(first.url, 2);
    const { page } = await openPage(first.url);
    await rowOf(page, 'input 2').waitFor();

    await first.close();
    const second = await startLocalPlatform({ port });
    onTestFinished(() => second.close());

    await page.getByText('No tasks yet').waitFor();
    expect(await rowsOf(page).count()).toBe(0);
  });
});
