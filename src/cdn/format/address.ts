import { BlockList, isIP } from 'node:net'

/**
 * True where an address lies in a range in CIDR notation, or equals a bare address. An IPv4
 * address that a dual-stack socket writes as `::ffff:192.0.2.1` lies in IPv4 ranges. What is no
 * range holds no address.
 */
export function addressInRange (address: string, range: string): boolean {
  const family = isIP(address)
  const parsed = parseRange(range)
  if (family === 0 || parsed === undefined || (family === 4 && parsed.family === 6)) return false
  const list = new BlockList()
  list.addSubnet(parsed.network, parsed.bits, typeOf(parsed.family))
  return list.check(address, typeOf(family))
}

/** True of a range in CIDR notation, or of a bare address. A zone is no part of one. */
export function isRange (text: string): boolean {
  return parseRange(text) !== undefined
}

/** True for a bare IPv4 address or range. */
export function isIPv4Range (range: string): boolean {
  return parseRange(range)?.family === 4
}

function parseRange (range: string): { network: string, bits: number, family: number } | undefined {
  const match = /^([^/%]+)(?:\/(0|[1-9]\d{0,2}))?$/.exec(range)
  if (match === null) return undefined
  const [, network = '', written] = match
  const family = isIP(network)
  const width = family === 4 ? 32 : 128
  const bits = written === undefined ? width : Number(written)
  return family === 0 || bits > width ? undefined : { network, bits, family }
}

function typeOf (family: number): 'ipv4' | 'ipv6' {
  return family === 4 ? 'ipv4' : 'ipv6'
}
