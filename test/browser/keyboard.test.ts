import { describe, expect, test } from 'vitest';
import { startForTest } from '../local/platform-client.ts';
import { noBrowser, openPage } from './browser.ts';
import { reportMany } from './reports.ts';
import { panelOf, rowOf } from './task-list.ts';

describe.skipIf(noBrowser)('keyboard', () => {
  test('moves through the list and opens, switches and closes tasks', async () => {
    const { url } = await startForTest();
    await reportMany(url, 4);
    const { page } = await openPage(url);
    await rowOf(page, 'input 4').waitFor();
    const selected = page.locator('tr.selected a');

    for (const key of ['j', 'j', 'j', 'k']) await page.keyboard.press(key);
    await page.locator('tr.selected', { hasText: 'input 3' }).waitFor();
    await expect.poll(() => focusedText(page)).toBe('input 3');
    await page.keyboard.press('Enter');
    await panelOf(page).getByText('input 3').waitFor();
    await expect.poll(() => page.evaluate(() => document.activeElement?.className)).toBe('panel');
    await page.keyboard.press('j');
    await panelOf(page).getByText('input 2').waitFor();
    const address = page.url();
    await page.keyboard.press('Escape');
    await panelOf(page).waitFor({ state: 'detached' });

    expect(address).toBe(`${url}/tasks/agent/task-2`);
    expect(await selected.innerText()).toBe('input 2');
    await expect.poll(() => focusedText(page)).toBe('input 2');
    await page.keyboard.press('Escape');
    await expect.poll(() => selected.count()).toBe(0);
  });

  test('reaches the end of a list of several pages', async () => {
    const { url } = await startForTest();
    await reportMany(url, 70);
    const { page } = await openPage(url);
    await rowOf(page, 'input 70').waitFor();

    for (let press = 0; press < 70; press++) await page.keyboard.press('j');

    await expect
      .poll(async () => {
        await page.keyboard.press('j');
        return page.locator('tr.selected a').innerText();
      })
      .toBe('input 1');
    const box = await page.locator('tr.selected').boundingBox();
    expect(box!.y).toBeLessThan(800);
  });

  test('starts a search with slash and clears it with Escape', async () => {
    const { url } = await startForTest();
    await reportMany(url, 3);
    const { page } = await openPage(`${url}/?agent=agent`);
    await rowOf(page, 'input 3').waitFor();

    await page.keyboard.press('/');
    await page.keyboard.type('input 2 jk?');
    const typed = await page.getByRole('searchbox').inputValue();
    for (let press = 0; press < 3; press++) await page.keyboard.press('Escape');
    await expect.poll(() => page.url()).toBe(`${url}/`);

    // Typed letters are not shortcuts.
    expect(typed).toBe('input 2 jk?');
    expect(await page.getByRole('dialog').count()).toBe(0);
  });

  test('switches to the metrics and back and keeps the filters', async () => {
    const { url } = await startForTest();
    await reportMany(url, 1);
    const { page } = await openPage(`${url}/?agent=agent`);
    await rowOf(page, 'input 1').waitFor();

    await page.keyboard.press('g');
    await page.keyboard.press('m');
    await page.getByText('Success rate').waitFor();
    const metrics = page.url();
    await page.keyboard.press('g');
    await page.keyboard.press('t');
    await rowOf(page, 'input 1').waitFor();

    expect(metrics).toBe(`${url}/metrics`);
    expect(page.url()).toBe(`${url}/?agent=agent`);
  });

  test('opens the help for the shortcuts', async () => {
    const { url } = await startForTest();
    const { page } = await openPage(url);
    await page.getByText('No tasks yet').waitFor();

    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keyboard' }).waitFor();
    await page.keyboard.press('Escape');
    await page
      .getByRole('dialog')
      .waitFor({ state: 'detached' })
      .catch(() => {});

    expect(await page.locator('dialog[open]').count()).toBe(0);
  });

  test('ignores shortcuts of the browser', async () => {
    const { url } = await startForTest();
    await reportMany(url, 2);
    const { page } = await openPage(url);
    await rowOf(page, 'input 2').waitFor();

    await page.keyboard.press('Control+j');
    await page.keyboard.press('Alt+j');

    expect(await page.locator('tr.selected').count()).toBe(0);
  });
});

function focusedText(page: {
  evaluate: <T>(read: () => T) => Promise<T>;
}): Promise<string | undefined> {
  return page.evaluate(() => document.activeElement?.textContent ?? undefined);
}
