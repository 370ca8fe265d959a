// A command that is run on lists in a folder of its own, and what it printed.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <string_view>

#include "support/temp_folder.hpp"

namespace gannet::cli {

class CommandTest : public testing::Test {
 protected:
  std::filesystem::path make(const std::string& name, std::string_view text) {
    test::write_file(folder / name, text);
    return folder / name;
  }

  /// Its exit code; `out` and `err` are what it printed.
  template <class Command>
  int captured(Command command) {
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    const int code = command();
    out = testing::internal::GetCapturedStdout();
    err = testing::internal::GetCapturedStderr();
    return code;
  }

  test::TempFolder folder;
  std::string out, err;
};

}  // namespace gannet::cli
