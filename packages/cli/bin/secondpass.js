#!/usr/bin/env node
// The command, as npm links it. It is committed, so that the link exists before the first build.
import { main } from '../dist/main.mjs';

process.exitCode = await main(process.argv.slice(2));
