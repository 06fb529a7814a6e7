// Starts the GOV.UK components. Every page works without this file.
import { initAll } from "../vendor/govuk-frontend.min.js";

initAll();
