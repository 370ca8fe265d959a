#include "config/list_effects.hpp"

#include <algorithm>

#include "config/keys.hpp"
#include "config/list_keys.hpp"

namespace gannet::config {
namespace {

// Whether something was said and is not what holds.
template <class T>
bool looser(const std::optional<T>& said, T holds) {
  return said && stricter(*said, holds) != *said;
}

std::vector<std::string_view> keys_too_loose(const Settings& settings, const JobOptions& said) {
  const HostPolicy& host = settings.frontier.host;
  std::vector<std::string_view> keys;
  const auto tell_if = [&keys](bool too_loose, std::string_view key) {
    if (too_loose) keys.push_back(key);
  };
  tell_if(said.limits.profile && haste(*said.limits.profile) > haste(host.profile), "fetch.profile");
  tell_if(looser(said.limits.connections, host.ceiling), "fetch.per_host.connections");
  tell_if(looser(said.limits.streams, host.streams), "fetch.per_host.streams");
  tell_if(looser(said.limits.requests_per_second, host.requests_per_second), "fetch.per_host.requests_per_second");
  tell_if(looser(said.limits.bytes_per_second, host.bytes_per_second), "fetch.per_host.bytes_per_second");
  tell_if(said.limits.delay && *said.limits.delay < host.delay, "fetch.per_host.delay");
  tell_if(looser(said.tries, settings.frontier.tries), "fetch.tries");
  tell_if(looser(said.max_body, settings.fetch.max_body), "fetch.max_body");
  tell_if(looser(said.max_pixels, settings.decode.max_pixels), "decode.max_pixels");
  tell_if(said.robots == Robots::ignore && settings.frontier.obey_robots(host.profile), "robots");
  return keys;
}

void drop_if(bool holds, auto& option) {
  if (holds) option.reset();
}

// Without workers none of them counts. Where there are, a reload may change what holds.
void drop_orders(const DecodeSettings& settings, JobOptions& said) {
  if (settings.workers > 0) return;
  said.verify.reset();
  said.resize.reset();
  said.only_if_bigger.reset();
  said.resize_size.reset();
  said.encoding.reset();
  said.quality.reset();
  said.keep_metadata.reset();
  said.thumbnails.reset();
  said.exif.reset();
  said.perceptual_hash.reset();
  said.blur_column.reset();
}

}  // namespace

std::string asks_too_much(Settings settings, const JobOptions& options) {
  std::string told;
  const auto keys = keys_too_loose(settings, options);
  FrontierSettings& frontier = settings.frontier;
  if (frontier.obey_robots(frontier.host.profile)) frontier.robots = Robots::obey;  // also where the profile says so
  Settings asked = settings;
  for (const auto name : keys) {
    find_list_key(name)->lay(options, asked);
    const Key& key = *find_key(name);
    told +=
        (told.empty() ? "" : ", ") + std::string(name) + " " + key.get(asked) + " (" + key.get(settings) + " holds)";
  }
  return told;
}

JobOptions without_what_holds(const Settings& settings, JobOptions said) {
  const auto drop_header = [&](std::optional<std::string>& header, const std::string& sent) {
    drop_if(header && (header->empty() || *header == sent), header);
  };
  drop_header(said.user_agent, settings.fetch.user_agent);
  drop_header(said.referer, settings.fetch.referer);
  drop_header(said.accept_header, settings.fetch.accept_header);
  drop_if(said.accept == settings.decode.accept, said.accept);
  drop_if(said.min_size == settings.decode.min_size, said.min_size);
  drop_if(said.max_aspect_ratio == settings.decode.max_aspect_ratio, said.max_aspect_ratio);
  drop_orders(settings.decode, said);
  drop_if(said.hash == settings.hash, said.hash);
  const auto drop_limit = [&](auto& limit, auto holds) { drop_if(limit && stricter(*limit, holds) == holds, limit); };
  drop_limit(said.max_body, settings.fetch.max_body);
  drop_limit(said.max_pixels, settings.decode.max_pixels);
  const bool recalls = settings.store.has_catalogue() && !asks_specially(&said);
  drop_if(!recalls || said.refetch == settings.store.refetch, said.refetch);
  return said;
}

}  // namespace gannet::config
