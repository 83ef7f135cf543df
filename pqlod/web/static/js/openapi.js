// Shows the operations of /openapi.json with Swagger UI, which asks nobody else whether they are valid.
const place = document.getElementById("operations");
globalThis.SwaggerUIBundle({
  domNode: place,
  url: new URL(place.dataset.description, location.href).href,
  validatorUrl: null,
  docExpansion: "none",
  defaultModelsExpandDepth: -1,
  deepLinking: true,
  filter: true,
});
