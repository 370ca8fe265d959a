// What the tests of the inbox share: a temporary folder, files with content, and lists read to their end.
#pragma once

#include <archive.h>
#include <archive_entry.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "inbox/list.hpp"

namespace gannet::inbox::test {

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "gannet-inbox-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

inline std::filesystem::path write_file(const std::filesystem::path& file, std::string_view text) {
  std::filesystem::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << text;
  return file;
}

inline std::string read_file(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

enum class Compression { plain, gzip, zstd, xz };

/// Writes a compressed file, `text` over and over.
inline std::filesystem::path write_compressed(const std::filesystem::path& file, std::string_view text,
                                              Compression compression, int times = 1) {
  archive* out = archive_write_new();
  if (compression == Compression::gzip) archive_write_add_filter_gzip(out);
  if (compression == Compression::zstd) archive_write_add_filter_zstd(out);
  if (compression == Compression::xz) archive_write_add_filter_xz(out);
  archive_write_set_format_raw(out);
  archive_write_set_bytes_in_last_block(out, 1);  // no padding
  EXPECT_EQ(archive_write_open_filename(out, file.c_str()), ARCHIVE_OK);
  archive_entry* entry = archive_entry_new();
  archive_entry_set_filetype(entry, AE_IFREG);
  archive_write_header(out, entry);
  archive_entry_free(entry);
  for (int i = 0; i < times; ++i) archive_write_data(out, text.data(), text.size());
  EXPECT_EQ(archive_write_close(out), ARCHIVE_OK);
  archive_write_free(out);
  return file;
}

struct ReadList {
  std::vector<Row> rows;
  Fault fault;  // that ended it, if one did
};

inline ReadList read_all(RowSource& source, std::size_t most = 1000) {
  ReadList list;
  while (true) {
    const auto more = source.read(list.rows, most);
    if (!more) list.fault = more.error();
    if (!more || !*more) return list;
  }
}

inline ReadList read_all(const std::filesystem::path& file, const ListSettings& settings = {}) {
  auto source = open_list(file, settings);
  if (!source) {
    ADD_FAILURE() << source.error().detail;
    return {};
  }
  return read_all(**source);
}

inline std::vector<std::string> urls(const std::vector<Row>& rows) {
  std::vector<std::string> all;
  for (const auto& row : rows) all.push_back(row.url);
  return all;
}

inline std::vector<std::uint64_t> lines(const std::vector<Row>& rows) {
  std::vector<std::uint64_t> all;
  for (const auto& row : rows) all.push_back(row.line);
  return all;
}

}  // namespace gannet::inbox::test
