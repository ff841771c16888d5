import { setImmediate } from 'node:timers/promises'

interface Timer {
  readonly at: number
  readonly run: () => void
}
interface Channel extends Pick<BroadcastChannel, 'name' | 'postMessage' | 'close'> {
  onmessage: ((event: MessageEvent) => void) | null
}

/** A device on a fake clock: its time, its timers, and what the tabs of one browser share. */
export class Device {
  /** Milliseconds of the monotonic clock. */
  monotonic = 5000
  /** Milliseconds of the wall clock. */
  wall = Date.UTC(2026, 0, 1)
  readonly timers = new Map<number, Timer>()
  /** The longest delay that a timer was ever set to. */
  longestDelay = 0
  readonly channels = new Set<Channel>()
  readonly locks = new Set<string>()
  #ids = 0

  setTimeout (run: () => void, delay: number): number {
    this.longestDelay = Math.max(this.longestDelay, delay)
    this.timers.set(++this.#ids, { at: this.monotonic + Math.max(0, delay), run })
    return this.#ids
  }

  /** Lets time pass while the device is awake: timers run in order, and what they start settles. */
  async pass (seconds: number): Promise<void> {
    const end = this.monotonic + seconds * 1000
    await settle()
    for (;;) {
      const [id, timer] = [...this.timers].reduce(
        (first, other) => other[1].at < first[1].at ? other : first,
        [0, { at: Infinity, run: () => {} }] as [number, Timer]
      )
      if (timer.at > end) break
      this.#move(Math.max(0, timer.at - this.monotonic))
      this.timers.delete(id)
      timer.run()
      await settle()
    }
    this.#move(end - this.monotonic)
  }

  /** The lid is closed: only the wall clock goes on. */
  sleep (seconds: number): void {
    this.wall += seconds * 1000
  }

  #move (milliseconds: number): void {
    this.monotonic += milliseconds
    this.wall += milliseconds
  }
}

/** Lets everything that is not a timer come to rest. */
export async function settle (): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await setImmediate()
}

/** The class of the channels that connect the tabs of a device. */
export function channelClass (device: Device): new(name: string) => Channel {
  return class implements Channel {
    readonly name: string
    onmessage: ((event: MessageEvent) => void) | null = null

    constructor (name: string) {
      this.name = name
      device.channels.add(this)
    }

    postMessage (data: unknown): void {
      for (const other of device.channels) {
        if (other === this || other.name !== this.name) continue
        queueMicrotask(() => {
          if (device.channels.has(other)) {
            other.onmessage?.(new MessageEvent('message', { data: structuredClone(data) }))
          }
        })
      }
    }

    close (): void {
      device.channels.delete(this)
    }
  }
}

/** The lock manager that the tabs of a device share. */
export function lockManager (device: Device): Pick<LockManager, 'request'> {
  const request = async (
    name: string,
    options: LockOptions,
    run: (lock: Lock | null) => Promise<unknown>
  ): Promise<unknown> => {
    if (options.ifAvailable !== true) throw new Error('would wait')
    await settle()
    if (device.locks.has(name)) return run(null)
    device.locks.add(name)
    try {
      return await run({ name, mode: 'exclusive' })
    } finally {
      device.locks.delete(name)
    }
  }
  return { request: request as LockManager['request'] }
}
