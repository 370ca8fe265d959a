#include "config/list_keys.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace gannet::config {
namespace {

// The path to a member, through structs.
template <auto... members>
struct At {
  static auto& in(auto& outermost) { return (outermost.*....*members); }
};

template <class To, class From>
constexpr ListKey key(std::string_view name) {
  return {name, [](const Settings& from, JobOptions& to) { To::in(to) = From::in(from); },
          [](JobOptions& from) { To::in(from).reset(); }, [](const JobOptions& in) { return To::in(in).has_value(); },
          [](const JobOptions& from, Settings& to) { From::in(to) = *To::in(from); }};
}

template <auto member>
using Limit = At<&JobOptions::limits, member>;
template <auto member>
using OfHost = At<&Settings::frontier, &FrontierSettings::host, member>;
template <auto member>
using OfFetch = At<&Settings::fetch, member>;
template <auto member>
using OfDecode = At<&Settings::decode, member>;

// Nothing here may reach a credential, an address, a port, a path or a program, or weaken what protects the machine.
constexpr std::array table{
    ListKey{priority_key, nullptr, [](JobOptions& from) { from.priority.reset(); },
            [](const JobOptions& in) { return in.priority.has_value(); }, nullptr},
    key<Limit<&LimitOverrides::profile>, OfHost<&HostPolicy::profile>>("fetch.profile"),
    key<Limit<&LimitOverrides::connections>, OfHost<&HostPolicy::ceiling>>("fetch.per_host.connections"),
    key<Limit<&LimitOverrides::streams>, OfHost<&HostPolicy::streams>>("fetch.per_host.streams"),
    key<Limit<&LimitOverrides::requests_per_second>, OfHost<&HostPolicy::requests_per_second>>(
        "fetch.per_host.requests_per_second"),
    key<Limit<&LimitOverrides::bytes_per_second>, OfHost<&HostPolicy::bytes_per_second>>(
        "fetch.per_host.bytes_per_second"),
    key<Limit<&LimitOverrides::delay>, OfHost<&HostPolicy::delay>>("fetch.per_host.delay"),
    key<At<&JobOptions::tries>, At<&Settings::frontier, &FrontierSettings::tries>>("fetch.tries"),
    key<At<&JobOptions::max_body>, OfFetch<&FetchSettings::max_body>>("fetch.max_body"),
    key<At<&JobOptions::user_agent>, OfFetch<&FetchSettings::user_agent>>("fetch.user_agent"),
    key<At<&JobOptions::accept_header>, OfFetch<&FetchSettings::accept_header>>("fetch.headers.accept"),
    key<At<&JobOptions::referer>, OfFetch<&FetchSettings::referer>>("fetch.headers.referer"),
    key<At<&JobOptions::accept>, OfDecode<&DecodeSettings::accept>>("fetch.accept"),
    key<At<&JobOptions::robots>, At<&Settings::frontier, &FrontierSettings::robots>>("robots"),
    key<At<&JobOptions::dedupe>, At<&Settings::frontier, &FrontierSettings::dedupe>>("dedupe"),
    key<At<&JobOptions::max_pixels>, OfDecode<&DecodeSettings::max_pixels>>("decode.max_pixels"),
    key<At<&JobOptions::min_size>, OfDecode<&DecodeSettings::min_size>>("decode.min_size"),
    key<At<&JobOptions::max_aspect_ratio>, OfDecode<&DecodeSettings::max_aspect_ratio>>("decode.max_aspect_ratio"),
    key<At<&JobOptions::verify>, At<&Settings::decode, &DecodeSettings::orders, &Orders::verify>>("decode.verify"),
    key<At<&JobOptions::resize>, At<&Settings::decode, &DecodeSettings::orders, &Orders::resize>>("decode.resize.mode"),
    key<At<&JobOptions::resize_size>, At<&Settings::decode, &DecodeSettings::orders, &Orders::size>>(
        "decode.resize.size"),
    key<At<&JobOptions::only_if_bigger>, At<&Settings::decode, &DecodeSettings::orders, &Orders::only_if_bigger>>(
        "decode.resize.only_if_bigger"),
    key<At<&JobOptions::encoding>, At<&Settings::decode, &DecodeSettings::orders, &Orders::encoding>>(
        "decode.encode.format"),
    key<At<&JobOptions::quality>, At<&Settings::decode, &DecodeSettings::orders, &Orders::quality>>(
        "decode.encode.quality"),
    key<At<&JobOptions::keep_metadata>, At<&Settings::decode, &DecodeSettings::orders, &Orders::keep_metadata>>(
        "decode.encode.keep_metadata"),
    key<At<&JobOptions::thumbnails>, At<&Settings::decode, &DecodeSettings::orders, &Orders::thumbnails>>(
        "decode.thumbnails"),
    key<At<&JobOptions::exif>, At<&Settings::decode, &DecodeSettings::orders, &Orders::exif>>("decode.exif"),
    key<At<&JobOptions::perceptual_hash>, At<&Settings::decode, &DecodeSettings::orders, &Orders::hash>>(
        "decode.phash"),
    key<At<&JobOptions::blur_column>, OfDecode<&DecodeSettings::blur_column>>("decode.blur_column"),
    key<At<&JobOptions::hash>, At<&Settings::hash>>("store.hash"),
    key<At<&JobOptions::refetch>, At<&Settings::store, &StoreSettings::refetch>>("store.refetch"),
    key<At<&JobOptions::shard_size>, At<&Settings::store, &StoreSettings::shard_size>>("output.shard_size"),
};

template <class Wanted>
std::string names_where(Wanted wanted) {
  std::string names;
  for (const ListKey& one : table) {
    if (wanted(one)) names += (names.empty() ? "" : ", ") + std::string(one.name);
  }
  return names;
}

}  // namespace

const ListKey* find_list_key(std::string_view name) {
  const auto* found = std::ranges::find(table, name, &ListKey::name);
  return found == table.end() ? nullptr : &*found;
}

const std::string& list_key_names() {
  static const std::string all = names_where([](const ListKey&) { return true; });
  return all;
}

std::string list_key_names(const JobOptions& options) {
  return names_where([&options](const ListKey& one) { return one.said(options); });
}

bool is_list_section(std::string_view name) {
  const auto holds = [name](const ListKey& one) {
    return one.name.size() > name.size() && one.name.starts_with(name) && one.name[name.size()] == '.';
  };
  return !name.empty() && std::ranges::any_of(table, holds);
}

}  // namespace gannet::config
