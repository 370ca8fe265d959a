// One configuration key: its name, where its value lives in Settings, and which texts it accepts. The functions below
// make a key of each form; keys.cpp is the table of all of them. Values only, immutable once made.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "config/load.hpp"

namespace gannet::config {

struct Key {
  KeyHelp help;
  bool secret = false;  // no message shows a value
  bool pair = false;    // takes a map of one, too, as "after: 30d"
  bool list = false;    // takes any number of items; all others take exactly one
  std::function<bool(Settings&, const std::string& item)> accept;  // stores the item (a list: adds it), or refuses it
  std::function<std::string(Settings&)> get;                       // the value as it would be written
  std::function<void(Settings&)> clear = [](Settings&) {};         // a list, before its items are added
  std::function<std::string(const std::string& item)> why;         // says more of a refused item, or nothing
};

/// Stores the item (a list: adds it), or says what is wrong: "'many' is not accepted; a whole number from 0 to 256".
std::optional<std::string> put(Settings& settings, const Key& key, const std::string& item);

/// Of a value that is written as one text: those of a list are between commas.
std::vector<std::string> items_of(const Key& key, const std::string& text);

/// The member of Settings that a key fills.
template <class T>
using Member = T& (*)(Settings&);

Key whole(std::string name, Member<unsigned> at, unsigned low, unsigned high);

/// A whole number, or `auto`, for which `is_auto` is set and the number is the highest.
Key whole_or_auto(std::string name, Member<unsigned> at, Member<bool> is_auto, unsigned low, unsigned high);

Key decimal(std::string name, Member<double> at, double low, double high);
Key duration(std::string name, Member<milliseconds> at, milliseconds low, milliseconds high);
Key size(std::string name, Member<ByteCount> at, ByteCount low, ByteCount high);
Key boolean(std::string name, Member<bool> at);
Key address_ranges(std::string name, Member<std::vector<AddressRange>> at);
Key port_ranges(std::string name, Member<std::vector<PortRange>> at);

/// A text for which `good` holds. `accepts` tells people what that is.
Key text(std::string name, Member<std::string> at, std::string accepts, bool (*good)(const std::string&));
Key path(std::string name, Member<std::filesystem::path> at, std::string accepts,
         bool (*good)(const std::filesystem::path&));

/// Absolute paths of folders, which need not be there yet.
Key folders(std::string name, Member<std::vector<std::filesystem::path>> at);

/// The path of a file with certificates, or nothing.
Key certificates(std::string name, Member<std::filesystem::path> at);

/// Addresses with an optional port; link-local ones with a network interface of this machine.
Key name_servers(std::string name, Member<std::vector<std::string>> at);

/// A proxy, or nothing; where `direct` is accepted it stands for none.
Key proxy(std::string name, Member<std::optional<Proxy>> at, bool direct);

/// The path of a file with a user name and a password, which is read at once.
Key credentials(std::string name, Member<Credentials> at);

/// Hosts that no proxy is used for.
Key no_proxy(std::string name, Member<std::vector<std::string>> at);

/// A program and its arguments, an item each; no shell reads them.
Key command(std::string name, Member<std::vector<std::string>> at);

/// What is fetched again: always, never, revalidate, or after:<duration>.
Key refetch(std::string name, Member<Refetch> at);

/// Sides of thumbnails, in pixels.
Key thumbnails(std::string name, Member<Thumbnails> at);

/// A key with one value, which nothing reads: the others it is named for are not there yet.
Key only(std::string name, std::string value);

/// "open-web or own-server".
std::string any_of(const std::vector<std::string>& choices);

template <class T>
Key choice(std::string name, Member<T> at, const std::vector<std::pair<std::string, T>>& choices) {
  Key key;
  key.help.name = std::move(name);
  for (const auto& [text, value] : choices) key.help.choices.push_back(text);
  key.help.accepts = any_of(key.help.choices);
  key.accept = [at, choices](Settings& settings, const std::string& item) {
    for (const auto& [text, value] : choices) {
      if (text != item) continue;
      at(settings) = value;
      return true;
    }
    return false;
  };
  key.get = [at, choices](Settings& settings) {
    for (const auto& [text, value] : choices) {
      if (value == at(settings)) return text;
    }
    return std::string();
  };
  return key;
}

}  // namespace gannet::config
