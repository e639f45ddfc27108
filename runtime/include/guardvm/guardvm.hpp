// The runtime for C++: everything a program needs to load a bundle and decide actions. See bundle.hpp and session.hpp
// for the contracts, and guardvm.h for other languages.
//
//   auto bundle = guardvm::Bundle::load("set.bundle");
//   if (!bundle.ok()) refuse(bundle.error().message);
//   guardvm::Session session(bundle.value());
//   if (session.decide(json, {}).outcome != guardvm::Outcome::Allow) stop();
//   std::string text;
//   session.append_json(text, {});
#pragma once
#include "guardvm/action.hpp"
#include "guardvm/bundle.hpp"
#include "guardvm/error.hpp"
#include "guardvm/exit_codes.hpp"
#include "guardvm/limits.hpp"
#include "guardvm/session.hpp"
