// What a worker needs and could not load any more once it is locked in: all of it happens here, in the fork server.
// It must not start a thread: libvips would hand work to threads that a forked worker does not have.
#include <malloc.h>

#include <chrono>
#include <ctime>
#include <filesystem>
#include <iterator>
#include <thread>

#include "worker/open.hpp"
#include "worker/picture.hpp"
#include "worker/samples.hpp"
#include "worker/vips.hpp"

namespace gannet::worker {
namespace {

// Nobody reads a worker's standard error, and a hostile image could fill a disk with it.
void say_nothing(const char*, GLogLevelFlags, const char*, void*) {}
GLogWriterOutput write_nothing(GLogLevelFlags, const GLogField*, gsize, void*) { return G_LOG_WRITER_HANDLED; }

// Before libvips starts, which reads them.
void set_environment() {
  g_setenv("VIPS_NOVECTOR", "1", TRUE);            // it makes machine code as it runs, which a worker may not
  g_setenv("VIPS_DISC_THRESHOLD", "1000g", TRUE);  // never a temporary file
  g_setenv("VIPS_CONCURRENCY", "1", TRUE);
  ::tzset();  // colour profiles are dated
}

void allow_only_what_is_known() {
  vips_block_untrusted_set(TRUE);
  vips_operation_block_set("VipsForeignLoadJxl", FALSE);
  vips_operation_block_set("VipsForeignLoadSvg", FALSE);
}

// The first use of a loader loads tables, plugins, fonts. Opening does; pixels are decoded by threads for some.
bool use_each() {
  bool good = true;
  for (const Sample& sample : samples()) {
    const Image image = open(sample.format, sample.bytes);
    good = image && (sample.format != decode::Format::svg || decodes(image)) && good;
  }
  VipsBlob* profile = nullptr;
  good = vips_profile_load("srgb", &profile, nullptr) == 0 && good;
  if (profile) vips_area_unref(VIPS_AREA(profile));
  vips_error_clear();
  return good;
}

auto threads() {
  const std::filesystem::directory_iterator tasks("/proc/self/task");
  return std::distance(begin(tasks), end(tasks));
}

// Some codecs had a thread for a moment. What it has locked when a worker is forked stays locked there.
void wait_until_threads_are_gone(std::ptrdiff_t before) {
  constexpr int most_milliseconds = 2000;
  for (int i = 0; i < most_milliseconds && threads() > before; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

}  // namespace

bool load_codecs() {
  const auto threads_before = threads();
  // Memory for all threads from one place: another takes address space, of which a worker has little.
  ::mallopt(M_ARENA_MAX, 1);
  set_environment();
  g_log_set_default_handler(say_nothing, nullptr);
  g_log_set_writer_func(write_nothing, nullptr, nullptr);
  if (VIPS_INIT("gannet-worker") != 0) return false;
  vips_concurrency_set(1);
  vips_cache_set_max(0);
  vips_cache_set_max_mem(0);
  vips_cache_set_max_files(0);
  vips_leak_set(FALSE);
  allow_only_what_is_known();
  const bool good = use_each();
  wait_until_threads_are_gone(threads_before);
  return good;
}

}  // namespace gannet::worker
