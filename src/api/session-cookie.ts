/** The cookie of a browser that is signed in. */

/** Its name. */
export const COOKIE = 'codellama_session';
/** Browsers take a name with this beginning only with `Secure`, for this host alone: no subdomain can set one. */
export const SECURE_COOKIE = `__Host-${COOKIE}`;

/** @param seconds 0 takes the cookie away */
export function sessionCookie(token: string, seconds: number, isSecure: boolean): string {
  const name = isSecure ? SECURE_COOKIE : COOKIE;
  const rest = `Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Strict`;
  return `${name}=${token}; ${rest}${isSecure ? '; Secure' : ''}`;
}
