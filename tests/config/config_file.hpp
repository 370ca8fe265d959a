// A configuration file in a folder of its own, gone with the object, and what load() makes of it.
#pragma once

#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "config/load.hpp"

namespace gannet::config {

class ConfigFile {
 public:
  explicit ConfigFile(std::string_view content) {
    std::string name = (std::filesystem::temp_directory_path() / "gannet-config-XXXXXX").string();
    if (!::mkdtemp(name.data())) throw std::runtime_error("no temporary folder");
    folder_ = name;
    std::ofstream(path(), std::ios::binary) << content;
  }
  ConfigFile(const ConfigFile&) = delete;
  ConfigFile& operator=(const ConfigFile&) = delete;
  ~ConfigFile() { std::filesystem::remove_all(folder_); }

  const std::filesystem::path& folder() const { return folder_; }
  std::filesystem::path path() const { return folder_ / "gannet.yaml"; }

 private:
  std::filesystem::path folder_;
};

inline Loaded load_text(std::string_view content, const std::vector<std::string>& overrides = {}) {
  const ConfigFile file(content);
  return load(file.path(), overrides);
}

/// One mistake a line, as it is printed, without the folder of the file.
inline std::string all(const std::vector<Mistake>& mistakes) {
  std::string text;
  for (const auto& [where, what] : mistakes) text += where.substr(where.rfind('/') + 1) + ": " + what + "\n";
  return text;
}

inline std::string mistakes_in(std::string_view content, const std::vector<std::string>& overrides = {}) {
  return all(load_text(content, overrides).mistakes);
}

}  // namespace gannet::config
