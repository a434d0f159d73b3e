/** Opens pages in Chromium and records errors and forbidden requests. */
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, onTestFinished } from 'vitest';
import { chromiumPath } from './chromium-path.ts';

const executable = chromiumPath();

/** Whether tests are skipped because no Chromium is installed. */
export const noBrowser: boolean = executable === undefined && process.env['BROWSER'] !== 'required';

if (noBrowser) {
  console.warn(
    'Skipped: Chromium not found. Install Debian\'s "chromium", or set CHROMIUM_PATH. Set BROWSER=required to fail instead.',
  );
}

let launched: Promise<Browser> | undefined;

/** One browser for all tests of a file. */
function launchBrowser(): Promise<Browser> {
  if (executable === undefined) {
    throw new Error('Chromium not found. Install it, or set CHROMIUM_PATH.');
  }
  launched ??= chromium.launch({
    executablePath: executable,
    // Chromium has no sandbox as root, and the small /dev/shm of containers crashes tabs.
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
  });
  return launched;
}

/** What a page did that it must not do. */
export interface PageViolations {
  readonly dialogs: string[];
  /** Requests that left the platform's origin. */
  readonly foreign: string[];
  /** Errors and violations of the content security policy. */
  readonly errors: string[];
}

export interface OpenPage {
  readonly page: Page;
  readonly violations: PageViolations;
}

/** Opens a URL in a new browser context that closes after the test. */
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
  const violations: PageViolations = { dialogs: [], foreign: [], errors: [] };
  page.on('dialog', async (dialog) => {
    violations.dialogs.push(dialog.message());
    await dialog.dismiss();
  });
  context.on('page', (other) => violations.foreign.push(`a page of its own: ${other.url()}`));
  const { origin } = new URL(url);
  page.on('request', (request) => {
    const isOurs = request.url().startsWith(`${origin}/`) || request.url().startsWith('data:image');
    if (!isOurs) violations.foreign.push(request.url());
  });
  page.on('pageerror', (error) => violations.errors.push(String(error.stack)));
  page.on('console', (message) => {
    if (message.type() === 'error') violations.errors.push(message.text());
  });
  await page.goto(url);
  return { page, violations };
}

afterAll(async () => {
  await (await launched)?.close();
});
