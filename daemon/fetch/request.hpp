// The request for one URL, as a value: which header fields go out, in which order. HTTP/1.1 writes it with
// http1_text(), HTTP/2 sends the same fields in lower case. Pure, any thread. The method is always GET.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/job_options.hpp"
#include "core/record.hpp"
#include "core/settings.hpp"
#include "core/url.hpp"

namespace gannet::fetch {

struct Request {
  struct Field {
    std::string_view name;   // as HTTP/1.1 spells it
    std::string_view value;  // of the settings or the options it was made from
  };

  bool secure = false;
  std::string authority;  // Host, or :authority
  std::string target;     // starts with '/'; the whole URL for a plain target behind an HTTP proxy
  std::vector<Field> fields;
};

/// Only of the URL, of what the operator set and of what the list says, which may be null: a host's own section counts
/// most, then the list. All must outlive the request. Asked anew at every hop of a redirect, so nothing of one host is
/// sent to another.
/// With `known`, which may be null, the server is asked only for what is another than that.
Request make_request(const Url& url, const FetchSettings& settings, const JobOptions* of_list = nullptr,
                     const Validators* known = nullptr);

/// The User-Agent in it.
std::string_view agent_for(const std::string& host, const FetchSettings& settings, const JobOptions* of_list = nullptr);

/// The HTTP proxy that answers for this URL, because there is no tunnel; null when none does. Points into the settings.
const Proxy* asked_at(const Url& url, const FetchSettings& settings);

/// By which connections are kept. All plain targets behind an HTTP proxy share those to the proxy.
std::string connection_key(const Url& url, const FetchSettings& settings);

/// All of it, with the blank line at the end.
std::string http1_text(const Request& request);

/// The User-Agent: what the operator set, or gannet/<version> (+<contact>).
std::string user_agent(const FetchSettings& settings);

/// The same settings with the headers that are sent where nothing is set.
FetchSettings with_headers(FetchSettings settings);

}  // namespace gannet::fetch
