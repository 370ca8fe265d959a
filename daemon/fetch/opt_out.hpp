// Whether a server asks in the head of a response that what it sends not be used for what we do.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/job_options.hpp"
#include "core/settings.hpp"
#include "fetch/response_head.hpp"

namespace gannet::fetch {

/// The directive of X-Robots-Tag that says no (`noai noimageai noindex noimageindex none`), when it is for everybody or
/// for one of our names: "noai", "noai (for gannet)". `tags` holds one header line each.
std::optional<std::string> opted_out(const std::vector<std::string>& tags, const std::vector<std::string>& our_names);

/// What says no, with the name of its header, as the record tells it. Asks no more than the settings have it. Our name
/// is that of the User-Agent in `of_list`, if there is one, or else of the settings'.
std::optional<std::string> opted_out(const ResponseHead& head, const FetchSettings& settings,
                                     const JobOptions* of_list = nullptr);

}  // namespace gannet::fetch
