// Elements as the scripts make them: a tag, its class, its text, its attributes.
(() => {
  "use strict";
  const landscape = (window.landscape = window.landscape || {});

  landscape.make = (tag, className, text, attributes) => {
    const element = document.createElement(tag);
    if (className) element.className = className;
    if (text !== undefined) element.textContent = text;
    for (const [name, value] of Object.entries(attributes || {})) element.setAttribute(name, value);
    return element;
  };
})();
