#include "fetch/request.hpp"

namespace gannet::fetch {

namespace {

constexpr std::string_view accept = "image/*,*/*;q=0.8";

}  // namespace

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
  request.target = url.target;
  request.fields = {{"User-Agent", settings.user_agent}, {"Accept", accept}};
  return request;
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
