import "./view/home.ts";
