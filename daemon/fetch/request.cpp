#include "fetch/request.hpp"

#include "net/proxy_choice.hpp"

namespace gannet::fetch {

namespace {

constexpr std::string_view accept = "image/*,*/*;q=0.8";

}  // namespace

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

Request make_request(const Url& url, const FetchSettings& settings) {
  Request request;
  request.secure = url.secure;
  request.authority = url.authority();
  const Proxy* proxy = asked_at(url, settings);
  request.target = proxy ? url.text() : url.target;
  const auto said = [&](std::optional<std::string> HostRule::*member) {
    const auto* value = said_of(settings.hosts, url.host, member);
    return value && !value->empty() ? value : nullptr;
  };
  const auto* agent = said(&HostRule::user_agent);
  const auto* accepted = said(&HostRule::accept);
  request.fields.reserve(5);
  request.fields.push_back({"User-Agent", agent ? *agent : settings.user_agent});
  request.fields.push_back({"Accept", accepted ? *accepted : accept});
  if (const auto* referer = said(&HostRule::referer)) request.fields.push_back({"Referer", *referer});
  if (const auto* cookie = said(&HostRule::cookie)) request.fields.push_back({"Cookie", *cookie});
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
