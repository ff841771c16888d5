import { BlockList, isIP, isIPv4 } from 'node:net'

/** True where an address lies in a range in CIDR notation, or equals a bare address. */
export function addressInRange (address: string, range: string): boolean {
  const family = isIP(address)
  const [network = '', bits] = range.split('/')
  if (family === 0 || isIP(network) !== family) return false
  if (bits !== undefined && !(/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128))) return false
  const list = new BlockList()
  const type = family === 4 ? 'ipv4' : 'ipv6'
  if (bits === undefined) list.addAddress(network, type)
  else list.addSubnet(network, Number(bits), type)
  return list.check(address, type)
}

/** True for a bare IPv4 address or range. */
export function isIPv4Range (range: string): boolean {
  return isIPv4(range.split('/')[0] as string)
}
