// The reference servers listen on every interface. A test network must not be reachable from
// outside this machine, so every listening socket of this process is moved to 127.0.0.1.
import net from 'node:net'

const listen = net.Server.prototype.listen

net.Server.prototype.listen = function (...args) {
  const [first, second] = args
  if (first !== null && typeof first === 'object' && first.port !== undefined) {
    return listen.call(this, { ...first, host: '127.0.0.1' }, ...args.slice(1))
  }
  if (typeof first === 'number' || /^\d+$/.test(String(first))) {
    const rest = typeof second === 'string' ? args.slice(2) : args.slice(1)
    return listen.call(this, Number(first), '127.0.0.1', ...rest.filter((arg) => arg !== undefined))
  }
  return listen.apply(this, args)
}
