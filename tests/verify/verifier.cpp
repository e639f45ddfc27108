// Runs `guardc verify`; see verifier.hpp.
#include "verifier.hpp"

#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>

namespace guard::oracle {
namespace {

using nlohmann::json;

std::string text_of(const json& object, const char* key) {
  const auto it = object.find(key);
  if (it == object.end() || it->is_null()) return "";
  return it->is_string() ? it->get<std::string>() : it->dump();
}

}  // namespace

Verifier::Verifier(std::string guardc, std::string folder, std::string as_of, std::string engine)
    : guardc_(std::move(guardc)), folder_(std::move(folder)), as_of_(std::move(as_of)), engine_(std::move(engine)) {}

Verifier::~Verifier() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

VerifierReport Verifier::verify(const property::Files& files) const {
  namespace fs = std::filesystem;
  fs::remove_all(folder_);
  fs::create_directories(folder_);
  for (const auto& [path, text] : files) std::ofstream(fs::path(folder_) / path) << text;
  const std::string command = "'" + guardc_ + "' verify '" + folder_ + "' --format json --as-of " + as_of_ +
                              (engine_.empty() ? "" : " --engine " + engine_) + " 2>'" + folder_ + ".err'";
  VerifierReport out;
  FILE* pipe = popen(command.c_str(), "r");
  if (!pipe) {
    out.failure = "cannot run " + command;
    return out;
  }
  std::string text;
  std::array<char, 65536> buffer;
  while (const size_t n = fread(buffer.data(), 1, buffer.size(), pipe)) text.append(buffer.data(), n);
  const int status = pclose(pipe);
  out.exit = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  std::ifstream errors(folder_ + ".err");
  const std::string on_error{std::istreambuf_iterator<char>(errors), {}};
  fs::remove(folder_ + ".err");
  const json report = json::parse(text, nullptr, false);
  if (report.is_discarded() || !report.is_object() || !report.contains("findings")) {
    out.failure = "exit " + std::to_string(out.exit) + ", no report: " + text.substr(0, 500) + on_error.substr(0, 2000);
    return out;
  }
  if (out.exit == 1 || out.exit == 3 || out.exit == 70 || out.exit < 0)
    out.failure = "exit " + std::to_string(out.exit) + ": " + on_error.substr(0, 2000);
  for (const json& finding : report["findings"]) {
    VerifierFinding one;
    one.id = text_of(finding, "id");
    one.severity = text_of(finding, "severity");
    one.message = text_of(finding, "message");
    one.region = text_of(finding, "region");
    one.witness = text_of(finding, "witness");
    one.text = finding.dump();
    if (finding.contains("rules"))
      for (const json& rule : finding["rules"])
        one.rules.push_back(rule.is_string() ? rule.get<std::string>() : rule.dump());
    out.findings.push_back(std::move(one));
  }
  if (report.contains("inconclusive") && report["inconclusive"].is_array())
    out.inconclusive = report["inconclusive"].size();
  return out;
}

}  // namespace guard::oracle
