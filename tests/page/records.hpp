// Records as the daemon writes them, with what a test is about changed.
#pragma once

#include "core/record.hpp"

namespace gannet::page::test {

inline const WallTime start = *parse_rfc3339("2026-11-22T10:15:02.123Z");

inline Record ok(std::uint64_t line, const std::string& url = "https://example.org/a.jpg") {
  Record record;
  record.time = start;
  record.line = line;
  record.url = url;
  record.http_status = 200;
  record.attempts = 1;
  record.bytes = 48'211;
  record.path = "images/20261122T101500-0001-cats/00000/000000011.jpg";
  record.format = "jpeg";
  record.width = 800;
  record.height = 600;
  record.protocol = "h2";
  record.ms = {1ms, 3ms, 12ms, 15ms, 40ms, 88ms};
  return record;
}

inline Record failed(std::uint64_t line, Reason reason, const std::string& url = "https://example.org/a.jpg") {
  Record record;
  record.time = start;
  record.line = line;
  record.url = url;
  record.outcome = outcome_of(reason);
  record.reason = reason;
  record.attempts = 1;
  return record;
}

}  // namespace gannet::page::test
