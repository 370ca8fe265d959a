// What the name of a list says: its format, the name it is stored under, and its part of a job id. Plain functions.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace gannet::inbox {

enum class ListFormat : unsigned char { txt, csv, tsv, jsonl };

/// The extensions a list may have, for messages.
inline constexpr std::string_view accepted_extensions =
    ".txt .urls .csv .tsv .jsonl, each also followed by .gz .zst or .xz";

/// By extension, in any case: .txt and .urls, .csv, .tsv, .jsonl, each also followed by .gz, .zst or .xz.
std::optional<ListFormat> list_format(const std::filesystem::path& name);

/// Whether it is the name of a file that names a list: .job, in any case.
bool is_job_name(const std::filesystem::path& name);

/// "csv.gz" for "photos.CSV.gz": a claimed list is stored as list.<this>. Of an unknown extension what is harmless in a
/// file name, of none the empty text.
std::string list_extension(const std::filesystem::path& name);

/// The name without its extensions, fit for a job id: ASCII letters, digits, '-', '_' and '.', everything else '_'; at
/// most 64 characters, never empty, no dot or dash in front.
std::string sanitised(const std::string& name);

/// Whether a file of this name in the inbox is none of our business: hidden, or on its way to another name.
bool is_ignored_name(std::string_view name);

/// A name or path for logs and status: valid UTF-8, and nothing in it that could pass for another log line.
std::string for_people(const std::filesystem::path& path);

}  // namespace gannet::inbox
