// What was fetched before, by URL: a database beside the journals that people can query, too (docs/formats.md). A cache
// and not the truth: whatever becomes of it, no record is lost, and what it does not know is fetched. So nobody waits
// for it: rows that come faster than they can be written are left out, and a database that fails is done without.
//
// One thread of its own writes, what records became durable in one transaction each store.sync_interval; one other
// looks up.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "core/bell.hpp"
#include "core/disk.hpp"
#include "core/earlier.hpp"
#include "core/layout.hpp"
#include "core/mailbox.hpp"
#include "core/snapshot.hpp"
#include "store/catalogue_file.hpp"

namespace gannet::store {

class Catalogue {
 public:
  /// Nothing, and the log says why, when there can be none.
  static std::unique_ptr<Catalogue> open(const Layout& layout, const StoreSettings& settings);

  Catalogue(const Layout& layout, const StoreSettings& settings, CatalogueFile file, Descriptor root);

  /// Writes what was told.
  ~Catalogue();

  /// What is known of a URL, in normal form, if the file that it gave is there as it was. One thread.
  std::optional<Earlier> find(std::string_view url);

  /// Finds images by their bytes, with a connection of its own; of one thread. Must not outlive the catalogue.
  class Finder {
   public:
    /// The path of an image with this hash, which may be gone; or nothing.
    std::optional<std::string> find(std::string_view sha256, std::uint64_t bytes);

    void count_link() { catalogue_->linked_.fetch_add(1, std::memory_order_relaxed); }

   private:
    friend class Catalogue;
    explicit Finder(Catalogue& catalogue) : catalogue_(&catalogue) {}

    Catalogue* catalogue_;
    Database database_;
    Statement find_;
  };

  /// Null, and the log says why, when that cannot be.
  std::unique_ptr<Finder> make_finder();

  /// These records are durable. Any thread.
  void tell(const std::vector<Record>& records);

  /// Any thread.
  CatalogueStatus status() const;

 private:
  struct Row {
    std::string url;  // as in the list
    std::string final_url;
    Validators validators;
    std::string sha256;
    std::string path;
    std::string format;
    std::uint64_t bytes = 0;
    std::uint32_t width = 0;
    std::uint32_t height = 0;
    WallTime time{};
    bool unchanged = false;  // as its server said
  };

  SqlStatus prepare();
  void run();
  void write(std::vector<Row> rows);
  SqlStatus write_all(const std::vector<Row>& rows);
  SqlStatus put(const Row& row);
  SqlStatus trim();
  void fail(const SqlStatus& status);

  const std::filesystem::path path_;
  const StoreSettings settings_;
  const Descriptor root_;
  CatalogueFile file_;
  Statement find_;  // of the reading connection
  Statement put_;   // of the writing one, as are the next
  Statement confirm_;
  Statement trim_;
  bool failing_ = false;  // to write; it was told

  std::atomic<bool> damaged_{false};  // nobody uses it any more
  std::atomic<std::uint64_t> waiting_{0};
  std::atomic<std::uint64_t> taken_{0};
  std::atomic<std::uint64_t> unchanged_{0};
  std::atomic<std::uint64_t> linked_{0};
  std::atomic<std::uint64_t> left_out_{0};

  std::atomic<bool> stop_{false};
  Bell bell_;
  Mailbox<std::vector<Row>> mailbox_;
  std::thread thread_;
};

}  // namespace gannet::store
