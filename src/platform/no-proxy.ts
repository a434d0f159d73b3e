/** The hosts that are reached without a proxy: the list in `NO_PROXY`, as curl reads it. */
import { BlockList, isIP } from 'node:net';

/**
 * Whether an entry of the list covers the host. Networks cover addresses only: names are not
 * resolved. Entries that are malformed cover nothing.
 *
 * @param list - `*`, hosts with their subdomains, addresses and networks (`10.0.0.0/8`), each host
 *   and address with a port or without; separated by commas or white space
 */
export function isExempt({ hostname, port, protocol }: URL, list: string): boolean {
  const host = plain(hostname);
  const hostPort = port || (protocol === 'https:' ? '443' : '80');
  return list
    .split(/[\s,]+/)
    .map(parseEntry)
    .some((entry) => (entry.port ?? hostPort) === hostPort && covers(entry.host, host));
}

interface Entry {
  readonly host: string;
  readonly port: string | undefined;
}

function parseEntry(text: string): Entry {
  const [, host, port] = /^(.+):(\d+)$/.exec(text) ?? [];
  // The last group of an IPv6 address is no port.
  if (host === undefined || isIP(text) === 6) return { host: plain(text), port: undefined };
  return { host: plain(host), port };
}

function covers(entry: string, host: string): boolean {
  if (entry === '*') return true;
  if (isIP(host) > 0) return addressesOf(entry).check(host, familyOf(host));
  const domain = entry.replace(/^\*?\./, '');
  return host === domain || host.endsWith(`.${domain}`);
}

function addressesOf(entry: string): BlockList {
  const addresses = new BlockList();
  const [, address = '', prefix] = /^([^/]+)(?:\/(\d+))?$/.exec(entry) ?? [];
  const bits = isIP(address) === 6 ? 128 : 32;
  if (isIP(address) === 0 || Number(prefix ?? bits) > bits) return addresses;
  addresses.addSubnet(address, Number(prefix ?? bits), familyOf(address));
  return addresses;
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4';
}

/** Without what makes the same host look different. */
function plain(host: string): string {
  return host.toLowerCase().replace(/[[\]]/g, '').replace(/\.$/, '');
}
