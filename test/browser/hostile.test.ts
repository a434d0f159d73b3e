import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { startForTest } from '../local/platform-client.ts';
import { noBrowser, openPage } from './browser.ts';
import { report } from './reports.ts';
import { panelOf, rowsOf } from './task-list.ts';

const payloads: readonly string[] = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  '<svg onload=alert(1)><animate onbegin=alert(1) attributeName=x dur=1s>',
  '<iframe srcdoc="<script>parent.alert(1)</script>"></iframe>',
  'javascript:alert(1)//https://evil.example/',
  '<a href="javascript:alert(1)">x</a><base href="https://evil.example/">',
  '{{constructor.constructor("alert(1)")()}} ${alert(1)} <%= alert(1) %> #{alert(1)}',
  '<style>*{background:url(https://evil.example/x)}</style><link rel=stylesheet href=https://evil.example/x>',
  '<meta http-equiv=refresh content="0;url=https://evil.example/">',
  '</pre></title></textarea></noscript><math><mtext></table><img src=//evil.example/x>',
  '\u202Egnp.exe\u2066\u200F\u0000\u001B[31m\u0007',
  '__proto__',
  'e\u0301'.repeat(50) + 'Z\u0351\u036B\u0343'.repeat(40),
  'W'.repeat(3000),
];

describe.skipIf(noBrowser)('hostile content', () => {
  test('stays text in every field', async () => {
    const { url } = await startForTest();
    for (const [index, payload] of payloads.entries()) {
      const name = payload.slice(0, 80).replaceAll('\u0000', '');
      await report(
        url,
        `agent ${name}`,
        {
          id: `${index} ${payload.slice(0, 80)}`,
          input: payload,
          result: index % 2 === 0 ? payload : JSON.stringify({ [payload]: [payload] }),
          is_success: index % 3 !== 0,
          used_tools: [name],
          llm_response: { model: payload, [payload]: { __proto__: null, constructor: payload } },
        },
        { 'x-payload': payload.replace(/[^\x20-\x7e]/g, '') },
      );
    }
    const { page, violations } = await openPage(url);
    await rowsOf(page).first().waitFor();
    const kinds = await elementKinds(page);

    for (let index = 0; index < payloads.length; index++) {
      await page.keyboard.press('j');
      if (index === 0) await page.keyboard.press('Enter');
      await panelOf(page)
        .getByText(`${payloads.length - 1 - index} `)
        .first()
        .waitFor();
      await page.locator('.panel-body').waitFor();
      await page.locator('.panel').evaluate((panel) => {
        for (const folded of panel.querySelectorAll('details')) folded.open = true;
      });
      await page.locator('.headers').waitFor();
    }
    const inPanel = await elementKinds(page);
    const address = page.url();
    await page.goto(`${url}/metrics?range=all`);
    await page.locator('.bars tbody tr').first().waitFor();
    const inMetrics = await elementKinds(page);

    expect(violations).toEqual({ dialogs: [], foreign: [], errors: [] });
    expect(address.startsWith(`${url}/`)).toBe(true);
    for (const kind of ['img', 'iframe', 'math', 'base', 'animate', 'style', 'object', 'embed']) {
      expect(
        [kinds, inPanel, inMetrics].map((all) => all.has(kind)),
        kind,
      ).toEqual([false, false, false]);
    }
    // Only elements that the page itself creates.
    expect(await page.locator('script').count()).toBe(1);
    expect(await page.locator('link[rel=stylesheet]').count()).toBe(1);
    expect(await page.locator('meta').count()).toBe(3);
  });

  test('stays text in live reports and in the filters', async () => {
    const { url } = await startForTest();
    const { page, violations } = await openPage(url);
    await page.getByText('No tasks yet').waitFor();

    for (const payload of payloads) {
      const agent = `${payload.slice(0, 60).replaceAll('\u0000', '')}!`;
      await report(url, agent, {
        input: payload,
        result: payload,
        used_tools: [payload],
        is_success: false,
      });
    }
    await expect.poll(() => rowsOf(page).count()).toBe(payloads.length);
    const shown = await page.locator('.cell.input a').allTextContents();
    await expect
      .poll(() => page.getByLabel('Agent').locator('option').count())
      .toBe(payloads.length + 1);
    await page.getByLabel('Agent').selectOption({ index: 3 });
    await expect.poll(() => rowsOf(page).count()).toBe(1);

    expect(shown).toContain('<script>alert(1)</script>');
    expect(shown).toContain('"><img src=x onerror=alert(1)>');
    expect(violations).toEqual({ dialogs: [], foreign: [], errors: [] });
  });

  test('stays text in the URL', async () => {
    const { url } = await startForTest();
    const evil = encodeURIComponent('"><img src=x onerror=alert(1)>');
    await report(url, 'agent', { input: 'x' });

    const { page, violations } = await openPage(
      `${url}/?agent=${evil}&tool=${evil}&text=${evil}&range=${evil}&from=${evil}&task-agent=${evil}&task-id=${evil}`,
    );
    await page.getByText('This task does not exist').waitFor();
    await page.getByText('No matching tasks').waitFor();
    await page.goto(`${url}/tasks/%ff/%00?version=${evil}`);
    await page.locator('main').waitFor();

    expect({ ...violations, errors: [] }).toEqual({ dialogs: [], foreign: [], errors: [] });
    expect(await page.locator('img').count()).toBe(0);
  });

  test('does not change the text direction of neighbouring content', async () => {
    const { url } = await startForTest();
    await report(url, 'agent', { input: '\u202Ereversed', used_tools: ['tool'] });
    const { page } = await openPage(url);
    await rowsOf(page).first().waitFor();

    const isolated = await page
      .locator('tr.line .cell.input a bdi')
      .evaluate((element) => getComputedStyle(element).unicodeBidi);

    expect(isolated).toBe('isolate');
  });

  test('does not block the page if it is large', async () => {
    const { url } = await startForTest();
    const lines = Array.from({ length: 60_000 }, (_, index) => `line ${index} of the input`).join(
      '\n',
    );
    let deep: unknown = 'the end';
    for (let level = 0; level < 300; level++) deep = [deep];
    await report(url, 'agent', {
      id: 'large',
      input: lines,
      result: 'x'.repeat(1_500_000),
      llm_response: deep,
    });

    const { page, violations } = await openPage(`${url}/tasks/agent/large`);
    await page.getByText('Show more').first().waitFor();
    const shown = (await panelOf(page).innerText()).length;
    await page.getByText('Show more').first().click();
    await page.locator('summary', { hasText: 'LLM response' }).click();
    await page.locator('.json-fold').first().waitFor();

    expect(shown).toBeLessThan(100_000);
    expect(violations.errors).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0);
  });
});

async function elementKinds(page: Page): Promise<Set<string>> {
  return new Set(
    await page.evaluate(() =>
      [...document.querySelectorAll('*')].map((element) => element.localName),
    ),
  );
}
