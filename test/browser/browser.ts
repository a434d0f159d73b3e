/** A page in Chromium, and all that it does that it should not. */
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, onTestFinished } from 'vitest';
import { chromiumPath } from './chromium-path.ts';

const executable = chromiumPath();

/** Whether there is nothing to test with, and that is allowed. */
export const noBrowser: boolean = executable === undefined && process.env['BROWSER'] !== 'required';

if (noBrowser) {
  console.warn(
    'Skipped: no Chromium was found. Install Debian\'s "chromium", or set CHROMIUM_PATH. BROWSER=required makes this a failure.',
  );
}

let launched: Promise<Browser> | undefined;

/** One browser for all tests of a file. */
function launchBrowser(): Promise<Browser> {
  if (executable === undefined) {
    throw new Error('No Chromium was found. Install it, or set CHROMIUM_PATH.');
  }
  launched ??= chromium.launch({
    executablePath: executable,
    // Root, which containers run as, has no sandbox; a small /dev/shm would end the tab.
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
  });
  return launched;
}

/** What a page did, apart from what is expected of it. */
export interface Misdeeds {
  readonly dialogs: string[];
  /** Requests that left the platform's origin. */
  readonly foreign: string[];
  /** Errors and violations of the content security policy. */
  readonly errors: string[];
}

export interface OpenPage {
  readonly page: Page;
  readonly misdeeds: Misdeeds;
}

/** Opens an address in a browser profile of its own, which ends with the test. */
export async function openPage(
  url: string,
  options: BrowserContextOptions = {},
): Promise<OpenPage> {
  const browser = await launchBrowser();
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    reducedMotion: 'reduce',
    permissions: ['clipboard-read', 'clipboard-write'],
    ...options,
  });
  onTestFinished(() => context.close());
  const page = await context.newPage();
  const misdeeds: Misdeeds = { dialogs: [], foreign: [], errors: [] };
  page.on('dialog', async (dialog) => {
    misdeeds.dialogs.push(dialog.message());
    await dialog.dismiss();
  });
  context.on('page', (other) => misdeeds.foreign.push(`a page of its own: ${other.url()}`));
  const { origin } = new URL(url);
  page.on('request', (request) => {
    const isOurs = request.url().startsWith(`${origin}/`) || request.url().startsWith('data:image');
    if (!isOurs) misdeeds.foreign.push(request.url());
  });
  page.on('pageerror', (error) => misdeeds.errors.push(String(error.stack)));
  page.on('console', (message) => {
    if (message.type() === 'error') misdeeds.errors.push(message.text());
  });
  await page.goto(url);
  return { page, misdeeds };
}

afterAll(async () => {
  await (await launched)?.close();
});
