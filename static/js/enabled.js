// Tells the stylesheet, before anything is drawn, that scripts run.
document.body.classList.add("js-enabled", ...("noModule" in HTMLScriptElement.prototype ? ["govuk-frontend-supported"] : []));
