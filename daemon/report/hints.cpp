#include "report/hints.hpp"

namespace gannet::report {

std::string_view hint_for(Reason reason) {
  switch (reason) {
    case Reason::none:
      return {};
    case Reason::bad_url:
      return "these lines hold no URL; `gannet check LIST` shows the first of them";
    case Reason::unsupported_scheme:
      return "only http and https are fetched; take the other lines out of the list";
    case Reason::blocked_address:
      return "private and reserved addresses and unusual ports are refused; open your own with fetch.allow_addresses, "
             "fetch.allow_ports";
    case Reason::dns_not_found:
      return "these names do not exist; the list is old, or the resolver filters: compare with another in "
             "fetch.dns.servers";
    case Reason::dns_failed:
      return "the resolver does not keep up or is down; set fetch.dns.servers or lower fetch.dns.in_flight";
    case Reason::connect_refused:
      return "nobody listens there, or a firewall says no; try one of these URLs with curl";
    case Reason::connect_timeout:
      return "no answer at all; the hosts are down, or this network does not carry so much: lower fetch.connections";
    case Reason::connect_failed:
      return "no way to these hosts; look at the routes of this machine, at IPv6 and at fetch.proxy";
    case Reason::tls_certificate:
      return "expired, of another name, or of an unknown issuer; name your own authority in fetch.tls.ca_file";
    case Reason::tls_failed:
      return "the servers break off the handshake or speak outdated TLS; `detail` in the records says which";
    case Reason::first_byte_timeout:
      return "connected, but no answer came; the servers are overloaded: lower fetch.per_host.connections, or raise "
             "fetch.timeouts.first_byte";
    case Reason::idle_timeout:
      return "answers stop half way; the servers or this network are overloaded: lower fetch.connections, or raise "
             "fetch.timeouts.idle";
    case Reason::total_timeout:
      return "one attempt takes too long; large images or a slow network: raise fetch.timeouts.total, or lower "
             "fetch.connections";
    case Reason::too_slow:
      return "slower than fetch.min_speed; this network is full, or the servers throttle: lower fetch.connections or "
             "fetch.min_speed";
    case Reason::reset:
      return "the servers close connections; they may want fewer: lower fetch.per_host.connections, or set "
             "fetch.profile: polite";
    case Reason::short_body:
      return "less came than was announced; a server or a proxy breaks off: try `gannet retry` later";
    case Reason::bad_response:
      return "not HTTP that can be trusted; `detail` in the records says what is wrong with it";
    case Reason::too_large:
      return "larger than fetch.max_body, or the head than fetch.max_headers; raise them if you want these";
    case Reason::too_many_redirects:
      return "more than fetch.max_redirects; mostly loops and login pages";
    case Reason::bad_redirect:
      return "the server sends us nowhere, or from https to http; look for a newer URL";
    case Reason::http_status:
      return "the servers answer with an error; `http_status` in the records says which: 404 is gone, 403 not for us, "
             "429 asked too often";
    case Reason::not_an_image:
      return "something else came, mostly a page; fetch.accept: any stores it nevertheless";
    case Reason::hash_mismatch:
      return "not the bytes that the list promises; the images have changed since it was made";
    case Reason::decode_failed:
      return "the images are damaged as their servers have them; nothing here can mend them";
    case Reason::decode_timeout:
      return "decoding takes too long; the machine is overloaded, or these images are made to be slow";
    case Reason::decode_crashed:
      return "the decoder died of these images and of nothing else; please report one of them";
    case Reason::too_many_pixels:
      return "more than decode.max_pixels; raise it if you want these";
    case Reason::too_small:
      return "smaller than decode.min_size, or longer than decode.max_aspect_ratio; change it if you want these";
    case Reason::robots:
      return "robots.txt of these hosts forbids them; `detail` in the records has the rule";
    case Reason::opt_out:
      return "the servers forbid this use in a header of the response; `detail` in the records has it";
    case Reason::host_dead:
      return "the hosts could not be reached again and again; `gannet retry` when they are back";
    case Reason::disk_full:
      return "larger than the whole disk of the root; give it a larger one";
    case Reason::disk_error:
      return "the disk takes other files but not these; gannet.log and the kernel log (dmesg) say why";
    case Reason::cancelled:
      return "ended before they were done; `gannet retry` fetches them";
  }
  return {};
}

}  // namespace gannet::report
