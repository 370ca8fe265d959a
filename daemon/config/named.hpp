// What a configuration names on this machine, opened before it counts: files and network interfaces. It changes nothing
// there. Called while a configuration is read, from any thread.
#pragma once

#include <filesystem>
#include <string>

namespace gannet::config {

/// "it cannot be read, Permission denied"; empty for a file that can be.
std::string wrong_with_file(const std::filesystem::path& file);

/// The same for a PEM file that must hold a certificate.
std::string wrong_with_certificates(const std::filesystem::path& file);

/// False when the server is link-local, "[fe80::1%eth0]:53", and there is no such network interface.
bool has_interface(const std::string& server);

}  // namespace gannet::config
