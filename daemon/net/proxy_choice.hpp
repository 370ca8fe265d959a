// Which proxy, if any, a host is reached through. Pure, any thread.
#pragma once

#include <string>

#include "core/settings.hpp"

namespace gannet::net {

/// What `fetch.hosts` says, or else `fetch.no_proxy`, or else `fetch.proxy`. Null: none, connect directly. Points into
/// the settings.
const Proxy* proxy_for(const FetchSettings& settings, const std::string& host);

}  // namespace gannet::net
