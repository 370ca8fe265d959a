// The names of keys as a tree, and what to say about a name that is not in it. Pure text, any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace gannet::config {

/// What a section holds, keys and sections, in the order of the table: "connections", ... for "fetch.per_host". The top
/// of the file is the section "". Empty when there is no such section.
std::vector<std::string> names_in(std::string_view section);

/// Whether it is the name of a section below the top.
bool is_section(std::string_view name);

/// "a section with connections, requests_per_second, delay".
std::string section_help(std::string_view section);

/// "unknown key; did you mean insecure?", of a name in the section of a host.
std::string unknown_host_key(std::string_view name);

/// "unknown key; did you mean fetch.threads?", or without a near one "unknown key; fetch is a section with ...".
std::string unknown_key(std::string_view name);

}  // namespace gannet::config
