import "../shared/theme.css";
import { start_theme } from "../shared/theme";

start_theme();
