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

size_t count(const json& object, const char* key) {
  const auto it = object.find(key);
  return it != object.end() && it->is_array() ? it->size() : 0;
}

}  // namespace

Verifier::Verifier(std::string guardc, std::string folder, std::string as_of, std::string engine)
    : guardc_(std::move(guardc)), folder_(std::move(folder)), as_of_(std::move(as_of)), engine_(std::move(engine)) {}

Verifier::~Verifier() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

std::string Verifier::write(const std::string& name, const property::Files& files) const {
  namespace fs = std::filesystem;
  const fs::path folder = fs::path(folder_) / name;
  fs::remove_all(folder);
  fs::create_directories(folder);
  for (const auto& [path, text] : files) std::ofstream(folder / path) << text;
  return "'" + folder.string() + "'";
}

Verifier::Output Verifier::run(const std::string& arguments, const char* key) const {
  const std::string errors = folder_ + "/stderr";
  const std::string command = "'" + guardc_ + "' " + arguments + " --format json --as-of " + as_of_ +
                              (engine_.empty() ? "" : " --engine " + engine_) + " 2>'" + errors + "'";
  Output out;
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
  std::ifstream in(errors);
  const std::string on_error{std::istreambuf_iterator<char>(in), {}};
  out.report = json::parse(text, nullptr, false);
  const bool there = !out.report.is_discarded() && out.report.is_object() && out.report.contains(key);
  // 0: clean, 2: findings, 4: inconclusive; all else is no report of a set that compiles.
  if (!there || (out.exit != 0 && out.exit != 2 && out.exit != 4))
    out.failure =
        "exit " + std::to_string(out.exit) + ": " + (there ? "" : text.substr(0, 500)) + on_error.substr(0, 2000);
  return out;
}

bool Verifier::has(const std::string& command) const {
  FILE* pipe = popen(("'" + guardc_ + "' --help 2>&1").c_str(), "r");
  if (!pipe) return false;
  std::string text;
  std::array<char, 4096> buffer;
  while (const size_t n = fread(buffer.data(), 1, buffer.size(), pipe)) text.append(buffer.data(), n);
  pclose(pipe);
  return text.find("\n  " + command + " ") != std::string::npos;
}

VerifierReport Verifier::verify(const property::Files& files, const property::Files& baseline) const {
  const std::string beside = baseline.empty() ? "" : " --baseline " + write("baseline", baseline);
  const Output output = run("verify " + write("set", files) + beside, "findings");
  VerifierReport out;
  out.exit = output.exit;
  out.failure = output.failure;
  if (!out.failure.empty()) return out;
  for (const json& finding : output.report["findings"]) {
    VerifierFinding one;
    one.id = text_of(finding, "id");
    one.severity = text_of(finding, "severity");
    one.subject = text_of(finding, "subject");
    one.message = text_of(finding, "message");
    one.region = text_of(finding, "region");
    one.witness = text_of(finding, "witness");
    one.text = finding.dump();
    if (finding.contains("rules"))
      for (const json& rule : finding["rules"])
        one.rules.push_back(rule.is_string() ? rule.get<std::string>() : rule.dump());
    out.findings.push_back(std::move(one));
  }
  out.inconclusive = count(output.report, "inconclusive");
  return out;
}

DiffReport Verifier::diff(const property::Files& before, const property::Files& after) const {
  const Output output = run("diff " + write("before", before) + " " + write("after", after), "changes");
  DiffReport out;
  out.exit = output.exit;
  out.failure = output.failure;
  if (!out.failure.empty()) return out;
  for (const json& change : output.report["changes"])
    out.changes.push_back({text_of(change, "from"), text_of(change, "to"), text_of(change, "region"),
                           text_of(change, "action"), change.dump()});
  out.inconclusive = count(output.report, "inconclusive");
  return out;
}

}  // namespace guard::oracle
