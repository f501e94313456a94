//! Addresses: hosts, and one form for all spellings of an address.

/// The host of an address in lower case, without user, port and `www.`.
pub fn host(url: &str) -> Option<String> {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let rest = rest.split(['/', '?', '#']).next()?;
    let host = rest.rsplit('@').next()?.split(':').next()?;
    let host = host.to_ascii_lowercase();
    let host = host.strip_prefix("www.").unwrap_or(&host);
    host.contains('.').then(|| host.to_owned())
}

/// A hash of the canonical form of an address: scheme, `www.`, port, fragment, a slash at the end
/// and parameters that only track where a reader came from do not count.
pub fn address(url: &str) -> Option<u64> {
    let host = host(url)?;
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let rest = rest.split('#').next()?;
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    let path = path.find('/').map_or("", |at| &path[at..]);
    let path = path.trim_end_matches('/');
    let tracks = |parameter: &&str| {
        let name = parameter.split('=').next().unwrap_or_default();
        let known = [
            "fbclid", "gclid", "dclid", "msclkid", "yclid", "mc_cid", "mc_eid",
        ];
        !name.starts_with("utm_") && !known.contains(&name) && !parameter.is_empty()
    };
    let mut parameters: Vec<&str> = query.split('&').filter(tracks).collect();
    parameters.sort_unstable();
    if path.is_empty() && parameters.is_empty() {
        // The front page of a site says something else every day.
        return None;
    }
    let canonical = format!("{host}{path}?{}", parameters.join("&"));
    Some(xxhash_rust::xxh3::xxh3_64(canonical.as_bytes()))
}
