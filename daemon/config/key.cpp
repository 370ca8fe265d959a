#include "config/key.hpp"

#include <algorithm>

#include "config/credentials.hpp"
#include "config/named.hpp"
#include "config/values.hpp"
#include "core/text.hpp"

namespace gannet::config {
namespace {

// A number of some form, within bounds.
template <class T, class Parse, class Show>
Key ranged(std::string name, Member<T> at, T low, T high, const std::string& form, Parse parse, Show show) {
  Key key;
  key.help.name = std::move(name);
  key.help.low = show(low);
  key.help.high = show(high);
  key.help.accepts = form + " from " + key.help.low + " to " + key.help.high;
  key.accept = [=](Settings& settings, const std::string& item) {
    const auto value = parse(item);
    if (!value || *value < low || *value > high) return false;
    at(settings) = static_cast<T>(*value);
    return true;
  };
  key.get = [=](Settings& settings) { return show(at(settings)); };
  return key;
}

// A value kept as it is written.
template <class T>
Key verbatim(std::string name, Member<T> at, std::string accepts, bool (*good)(const T&)) {
  Key key;
  key.help.name = std::move(name);
  key.help.accepts = std::move(accepts);
  key.accept = [=](Settings& settings, const std::string& item) {
    if (!good(item)) return false;
    at(settings) = item;
    return true;
  };
  key.get = [at](Settings& settings) -> std::string { return at(settings); };
  return key;
}

// Any number of items, which are shown as `show` says. How one is accepted is still to be said.
template <class T, class Show>
Key items(std::string name, Member<std::vector<T>> at, std::string accepts, Show show) {
  Key key;
  key.help.name = std::move(name);
  key.help.accepts = std::move(accepts);
  key.list = true;
  key.get = [=](Settings& settings) {
    std::string all;
    for (const T& item : at(settings)) all += (all.empty() ? "" : ",") + show(item);
    return all;
  };
  key.clear = [at](Settings& settings) { at(settings).clear(); };
  return key;
}

// Each by itself: `parse` makes an optional item of a text, `show` is its inverse.
template <class T, class Parse, class Show>
Key listed(std::string name, Member<std::vector<T>> at, std::string accepts, Parse parse, Show show) {
  Key key = items(std::move(name), at, std::move(accepts), show);
  key.accept = [=](Settings& settings, const std::string& item) {
    auto value = parse(item);
    if (!value) return false;
    at(settings).push_back(*std::move(value));
    return true;
  };
  return key;
}

}  // namespace

std::vector<std::string> items_of(const Key& key, const std::string& text) {
  if (!key.list) return {text};
  std::vector<std::string> items;
  for (std::string_view left = text; !left.empty();) {
    const auto comma = std::min(left.find(','), left.size());
    items.emplace_back(trim(left.substr(0, comma)));
    left.remove_prefix(std::min(comma + 1, left.size()));
  }
  return items;
}

std::optional<std::string> put(Settings& settings, const Key& key, const std::string& item) {
  // A NUL, for one, would end the text early for the system calls it is handed to.
  if (std::ranges::none_of(item, is_control) && key.accept(settings, item)) return std::nullopt;
  const std::string why = key.why ? key.why(item) : "";
  return (key.secret ? "this value" : "'" + on_one_line(item) + "'") + " is not accepted" +
         (why.empty() ? "" : ": " + why) + "; " + key.help.accepts;
}

Key whole(std::string name, Member<unsigned> at, unsigned low, unsigned high) {
  const auto show = [](unsigned value) { return std::to_string(value); };
  return ranged(std::move(name), at, low, high, "a whole number", parse_whole, show);
}

Key whole_or_auto(std::string name, Member<unsigned> at, Member<bool> is_auto, unsigned low, unsigned high) {
  Key key = whole(std::move(name), at, low, high);
  key.help.accepts += ", or auto";
  key.accept = [=, number = std::move(key.accept)](Settings& settings, const std::string& item) {
    is_auto(settings) = item == "auto";
    return number(settings, item == "auto" ? std::to_string(high) : item);
  };
  key.get = [=, number = std::move(key.get)](Settings& settings) {
    return is_auto(settings) ? "auto" : number(settings);
  };
  return key;
}

Key decimal(std::string name, Member<double> at, double low, double high) {
  return ranged(std::move(name), at, low, high, "a number with at most 3 decimals", parse_decimal, decimal_text);
}

Key duration(std::string name, Member<milliseconds> at, milliseconds low, milliseconds high) {
  return ranged(std::move(name), at, low, high, "a duration such as 500ms, 20s, 5m or 1h", parse_duration,
                duration_text);
}

Key size(std::string name, Member<ByteCount> at, ByteCount low, ByteCount high) {
  return ranged(std::move(name), at, low, high, "bytes, or a size such as 16KiB, 64MiB or 1GiB", parse_size, size_text);
}

Key boolean(std::string name, Member<bool> at) {
  return choice<bool>(std::move(name), at, {{"true", true}, {"false", false}});
}

Key address_ranges(std::string name, Member<std::vector<AddressRange>> at) {
  const auto parse = [](const std::string& item) { return AddressRange::parse(item); };
  const auto show = [](const AddressRange& range) { return range.text(); };
  return listed(std::move(name), at, "a list of addresses and blocks such as 10.1.0.0/16 or 2001:db8::/32", parse,
                show);
}

Key port_ranges(std::string name, Member<std::vector<PortRange>> at) {
  const auto parse = [](const std::string& item) { return PortRange::parse(item); };
  const auto show = [](const PortRange& range) { return range.text(); };
  return listed(std::move(name), at, "a list of ports and ranges of them such as 81 or 800-899", parse, show);
}

Key thumbnails(std::string name, Member<Thumbnails> at) {
  constexpr std::uint64_t least = 16, most = 2048;
  Key key;
  key.help.name = std::move(name);
  key.help.accepts = "a list of at most " + std::to_string(most_thumbnails) + " whole numbers from " +
                     std::to_string(least) + " to " + std::to_string(most);
  key.list = true;
  key.accept = [=](Settings& settings, const std::string& item) {
    Thumbnails& sides = at(settings);
    const auto side = parse_whole(item);
    const auto place = std::ranges::find(sides, 0u);
    if (!side || *side < least || *side > most || place == sides.end()) return false;
    *place = static_cast<std::uint32_t>(*side);
    return true;
  };
  key.get = [=](Settings& settings) {
    std::string all;
    for (const auto side : at(settings)) {
      if (side != 0) all += (all.empty() ? "" : ",") + std::to_string(side);
    }
    return all;
  };
  key.clear = [at](Settings& settings) { at(settings) = {}; };
  return key;
}

Key text(std::string name, Member<std::string> at, std::string accepts, bool (*good)(const std::string&)) {
  return verbatim(std::move(name), at, std::move(accepts), good);
}

Key path(std::string name, Member<std::filesystem::path> at, std::string accepts,
         bool (*good)(const std::filesystem::path&)) {
  return verbatim(std::move(name), at, std::move(accepts), good);
}

Key folders(std::string name, Member<std::vector<std::filesystem::path>> at) {
  const auto parse = [](const std::string& item) {
    const std::filesystem::path folder(item);
    return folder.is_absolute() ? std::optional(folder.lexically_normal()) : std::nullopt;
  };
  return listed(std::move(name), at, "a list of absolute paths such as /srv/lists", parse,
                [](const std::filesystem::path& item) { return item.string(); });
}

Key certificates(std::string name, Member<std::filesystem::path> at) {
  Key key =
      path(std::move(name), at, "nothing, or the path of a PEM file with certificates",
           [](const std::filesystem::path& file) { return file.empty() || wrong_with_certificates(file).empty(); });
  key.why = wrong_with_certificates;
  return key;
}

Key name_servers(std::string name, Member<std::vector<std::string>> at) {
  const auto parse = [](const std::string& item) {
    return is_server_address(item) && has_interface(item) ? std::optional(item) : std::nullopt;
  };
  Key key = listed(std::move(name), at,
                   "a list of addresses, with a port if not 53, such as 192.0.2.1:5353 or [2001:db8::1]:53", parse,
                   [](const std::string& item) { return item; });
  key.why = [](const std::string& item) {
    return is_server_address(item) && !has_interface(item) ? "this machine has no such network interface" : "";
  };
  return key;
}

Key proxy(std::string name, Member<std::optional<Proxy>> at, bool direct) {
  Key key;
  key.help.name = std::move(name);
  key.help.accepts = std::string(direct ? "direct, or " : "nothing, or ") +
                     "a proxy with its port, such as http://proxy.example:3128 or socks5://proxy.example:1080" +
                     "; a user name and password go into the file of proxy_credentials";
  key.accept = [at, direct](Settings& settings, const std::string& item) {
    auto parsed = Proxy::parse(item);
    if (parsed && parsed->kind == Proxy::Kind::direct && !direct) parsed.reset();
    if (parsed || item.empty()) at(settings) = parsed;
    return parsed || item.empty();
  };
  key.get = [at](Settings& settings) { return at(settings) ? at(settings)->text() : std::string(); };
  return key;
}

Key credentials(std::string name, Member<Credentials> at) {
  Key key;
  key.help.name = std::move(name);
  key.help.accepts =
      "nothing, or the path of a file with one line, user:password, that not everybody can read or write";
  key.accept = [at](Settings& settings, const std::string& item) {
    std::string wrong;
    auto read = item.empty() ? Credentials{} : read_credentials(item, wrong);
    if (wrong.empty()) at(settings) = std::move(read);
    return wrong.empty();
  };
  key.why = [](const std::string& item) {
    std::string wrong;
    read_credentials(item, wrong);
    return wrong;
  };
  key.get = [at](Settings& settings) { return at(settings).file.string(); };
  return key;
}

Key no_proxy(std::string name, Member<std::vector<std::string>> at) {
  return listed(std::move(name), at, "a list of hosts, domains such as .example.org, blocks such as 10.0.0.0/8, or *",
                normal_no_proxy, [](const std::string& item) { return item; });
}

Key command(std::string name, Member<std::vector<std::string>> at) {
  Key key = items(std::move(name), at, "a list: the absolute path of a program, then its arguments",
                  [](const std::string& word) { return word; });
  key.accept = [at](Settings& settings, const std::string& item) {
    auto& words = at(settings);
    const bool good = words.empty() ? std::filesystem::path(item).is_absolute() : !item.empty();
    if (good) words.push_back(item);
    return good;
  };
  return key;
}

Key refetch(std::string name, Member<Refetch> at) {
  Key key;
  key.help.name = std::move(name);
  key.help.accepts = "always, never, revalidate, or after: and an age from 1s to 3650d, such as after:30d";
  key.help.choices = {"always", "never", "after:30d", "revalidate"};
  key.pair = true;
  key.accept = [at](Settings& settings, const std::string& item) {
    const auto parsed = parse_refetch(item);
    if (parsed) at(settings) = *parsed;
    return parsed.has_value();
  };
  key.get = [at](Settings& settings) { return refetch_text(at(settings)); };
  return key;
}

Key only(std::string name, std::string value) {
  Key key;
  key.help = {std::move(name), value, "only '" + value + "' in this version", {value}, "", ""};
  key.accept = [value](Settings&, const std::string& item) { return item == value; };
  key.get = [value](Settings&) { return value; };
  return key;
}

std::string any_of(const std::vector<std::string>& choices) {
  std::string all;
  for (std::size_t i = 0; i < choices.size(); ++i) {
    all += i == 0 ? "" : i + 1 == choices.size() ? " or " : ", ";
    all += choices[i];
  }
  return all;
}

}  // namespace gannet::config
