#include "fetch/request.hpp"

#include "net/proxy_choice.hpp"

namespace gannet::fetch {

namespace {

constexpr std::string_view default_accept = "image/*,*/*;q=0.8";

// Where the host's own section says something, be it nothing, the list and the general keys do not count.
std::string_view said(const std::string& host, const FetchSettings& settings, const JobOptions* of_list,
                      std::optional<std::string> HostRule::*of_host, std::optional<std::string> JobOptions::*listed,
                      std::string_view general, std::string_view otherwise) {
  if (const auto* value = said_of(settings.hosts, host, of_host))
    return value->empty() ? otherwise : std::string_view(*value);
  const std::string* value = of_list && of_list->*listed ? &*(of_list->*listed) : nullptr;
  if (value && !value->empty()) return std::string_view(*value);
  return general.empty() ? otherwise : general;
}

}  // namespace

std::string_view agent_for(const std::string& host, const FetchSettings& settings, const JobOptions* of_list) {
  const std::string& general = settings.user_agent;
  return said(host, settings, of_list, &HostRule::user_agent, &JobOptions::user_agent, general, general);
}

const Proxy* asked_at(const Url& url, const FetchSettings& settings) {
  if (url.secure) return nullptr;
  const Proxy* proxy = net::proxy_for(settings, url.host);
  return proxy && proxy->kind == Proxy::Kind::http ? proxy : nullptr;
}

std::string user_agent(const FetchSettings& settings) {
  if (!settings.user_agent.empty()) return settings.user_agent;
  std::string agent = "gannet/" GANNET_VERSION;
  if (!settings.contact.empty()) agent += " (+" + settings.contact + ")";
  return agent;
}

FetchSettings with_headers(FetchSettings settings) {
  settings.user_agent = user_agent(settings);
  if (settings.accept_header.empty()) settings.accept_header = default_accept;
  return settings;
}

Request make_request(const Url& url, const FetchSettings& settings, const JobOptions* of_list,
                     const Validators* known) {
  Request request;
  request.secure = url.secure;
  request.authority = url.authority();
  const Proxy* proxy = asked_at(url, settings);
  request.target = proxy ? url.text() : url.target;
  request.fields.reserve(7);
  request.fields.push_back({"User-Agent", agent_for(url.host, settings, of_list)});
  request.fields.push_back({"Accept", said(url.host, settings, of_list, &HostRule::accept, &JobOptions::accept_header,
                                           settings.accept_header, default_accept)});
  const auto referer =
      said(url.host, settings, of_list, &HostRule::referer, &JobOptions::referer, settings.referer, {});
  if (!referer.empty()) request.fields.push_back({"Referer", referer});
  const auto* cookie = said_of(settings.hosts, url.host, &HostRule::cookie);
  if (cookie && !cookie->empty()) request.fields.push_back({"Cookie", *cookie});
  // Who understands the first ignores the second (RFC 9110, 13.1.3).
  if (known && !known->etag.empty()) request.fields.push_back({"If-None-Match", known->etag});
  if (known && !known->last_modified.empty()) request.fields.push_back({"If-Modified-Since", known->last_modified});
  if (proxy && !proxy->authorization.empty()) {
    request.fields.push_back({"Proxy-Authorization", proxy->authorization});
  }
  return request;
}

std::string connection_key(const Url& url, const FetchSettings& settings) {
  const Proxy* proxy = asked_at(url, settings);
  return proxy ? "proxy " + proxy->text() : url.origin();
}

std::string http1_text(const Request& request) {
  std::size_t size = request.target.size() + request.authority.size() + sizeof "GET  HTTP/1.1\r\nHost: \r\n\r\n";
  for (const auto& [name, value] : request.fields) size += name.size() + value.size() + sizeof ": \r\n";
  std::string text;
  text.reserve(size);
  const auto add = [&text](auto... parts) { (text.append(parts), ...); };
  add("GET ", std::string_view(request.target), " HTTP/1.1\r\nHost: ", std::string_view(request.authority), "\r\n");
  for (const auto& [name, value] : request.fields) add(name, ": ", value, "\r\n");
  add("\r\n");
  return text;
}

}  // namespace gannet::fetch
