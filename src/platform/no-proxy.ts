/** The hosts that are reached without a proxy, by the rules of curl for `NO_PROXY`. */
import { BlockList, isIP } from 'node:net';

/**
 * Whether an entry of the list matches the host. Networks match only addresses, because names are not
 * resolved. Malformed entries match nothing.
 *
 * @param list - `*`, hosts (which include their subdomains), addresses and networks (`10.0.0.0/8`),
 *   separated by commas or white space; hosts and addresses may have a port
 * @see https://curl.se/docs/manpage.html#--noproxy
 */
export function isExempt({ hostname, port, protocol }: URL, list: string): boolean {
  const host = normalize(hostname);
  const hostPort = port || (protocol === 'https:' ? '443' : '80');
  return list
    .split(/[\s,]+/)
    .map(parseEntry)
    .some((entry) => (entry.port ?? hostPort) === hostPort && matches(entry.host, host));
}

interface Entry {
  readonly host: string;
  readonly port: string | undefined;
}

function parseEntry(text: string): Entry {
  const [, host, port] = /^(.+):(\d+)$/.exec(text) ?? [];
  // The last group of an IPv6 address is not a port.
  if (host === undefined || isIP(text) === 6) return { host: normalize(text), port: undefined };
  return { host: normalize(host), port };
}

function matches(entry: string, host: string): boolean {
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

/** Lower case, without the brackets of an IPv6 address and without a trailing dot. */
function normalize(host: string): string {
  return host.toLowerCase().replace(/[[\]]/g, '').replace(/\.$/, '');
}
