/** Tells a path that leads elsewhere than it says. */

/**
 * Whether a path leads elsewhere than it was shown and approved. The platform resolves `.` and `..`, also when they are
 * percent-encoded or hidden by characters that it drops; servers and proxies decode slashes and percent signs before they
 * resolve them.
 */
export function climbs(path: string): boolean {
  // At the end of a URL blanks and control characters are left out, within it some of these.
  const [segments = ""] = path.trimEnd().split(/[?#]/);
  const decoded = segments.replace(/%(25)+/g, "%");
  // Some servers take what stands behind a semicolon off before they resolve them.
  const isDots = (segment: string) => /^(\.|%2e){1,2}(;|%3b|$)/i.test(segment);
  return /\p{Cc}/u.test(path) || decoded.split(/[/\\]|%2f|%5c/i).some(isDots);
}
