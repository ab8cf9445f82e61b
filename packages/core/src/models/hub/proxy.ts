type Environment = Readonly<Record<string, string | undefined>>;

/**
 * What to add to the error of a connection that failed while a proxy is set: Node's `fetch` passes it over unless it is
 * told otherwise. The variable is named and not quoted, since it may hold a password. Empty where no proxy is set.
 */
export function proxyHint(url: URL, env: Environment = process.env): string {
  const ofHttps = url.protocol === 'https:' ? ['HTTPS_PROXY', 'https_proxy'] : [];
  const name = [...ofHttps, 'HTTP_PROXY', 'http_proxy'].find((variable) => env[variable]);
  if (name === undefined) return '';
  return ` ${name} is set, which Node's fetch heeds only with NODE_USE_ENV_PROXY=1, from Node 24 on (this is ${process.version}).`;
}
