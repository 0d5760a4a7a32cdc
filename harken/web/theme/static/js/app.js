// The behaviours of every page. Each module hooks itself to data attributes (see README.md) and
// does nothing on a page that has none of them.
import "./clocks.js";
import "./dialogs.js";
import "./hotkeys.js";
import "./sheet.js";
import "./palette.js";
import "./list.js";
import "./inbox.js";
import "./composer.js";
import "./presence.js";
import "./toast.js";
import "./theme.js";
import "./error.js";
import { connect } from "./live.js";

// Last, so that every listener stands before the first event arrives.
connect();
